package dev.hatchery.cli;

import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import picocli.CommandLine.ITypeConverter;

/** {@code ecdsa-p256}, {@code ed25519}. */
final class AlgorithmConverter implements ITypeConverter<TrustedKey.Algorithm> {
  @Override
  public TrustedKey.Algorithm convert(String word) {
    return Fields.constant(TrustedKey.Algorithm.class)
        .apply(new Node.Text(word, Place.top("--algorithm", 0)));
  }
}

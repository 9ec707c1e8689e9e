package dev.hatchery.cli;

import dev.hatchery.bundle.sign.PublicKeys;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Name;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hatchery keys}. */
@Command(
    name = "keys",
    description = "Make keys. They belong in CI or offline; the server never sees them.")
final class KeysCommand {
  private final Terminal terminal;

  KeysCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(name = "new", description = "Make a key pair: NAME.pem (0600) and NAME.pub.")
  void make(
      @Parameters(paramLabel = "NAME", description = "for example root, release, policy")
          String name,
      @Option(
              names = "--dir",
              paramLabel = "DIR",
              defaultValue = ".",
              description = "where to, default: here")
          Path folder,
      @Option(
              names = "--algorithm",
              paramLabel = "A",
              defaultValue = "ecdsa-p256",
              description = "ecdsa-p256 (default) or ed25519",
              converter = AlgorithmConverter.class)
          TrustedKey.Algorithm algorithm,
      @Option(names = "--json", description = "print JSON") boolean json) {
    String plain = new Name(name).value();
    Path secret = folder.resolve(plain + ".pem");
    Path open = folder.resolve(plain + ".pub");
    SigningKey key = SigningKey.generate(algorithm);
    Disk.makeFolder(folder);
    key.write(secret);
    PublicKeys.write(key.publicKey(), open);
    if (json) {
      terminal.json(
          Tree.object().put("keyId", key.id()).put("private", secret).put("public", open).done());
    } else {
      terminal.line(open + "  " + key.id());
    }
  }
}

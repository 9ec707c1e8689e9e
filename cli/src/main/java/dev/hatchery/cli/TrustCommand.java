package dev.hatchery.cli;

import dev.hatchery.bundle.sign.PublicKeys;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.bundle.sign.TrustChain;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hatchery trust}. */
@Command(name = "trust", description = "The one document that says whom to believe.")
final class TrustCommand {
  private final Terminal terminal;

  TrustCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The keys of each role, and how many must sign. */
  static final class Keys {
    @Option(
        names = "--root",
        required = true,
        paramLabel = "KEY.pem",
        description = "a private root key; repeat for more")
    List<Path> root = List.of();

    @Option(
        names = "--release",
        required = true,
        paramLabel = "KEY.pub",
        description = "may sign bundles; repeat for more")
    List<Path> release = List.of();

    @Option(
        names = "--policy",
        required = true,
        paramLabel = "KEY.pub",
        description = "may sign policies; repeat for more")
    List<Path> policy = List.of();

    @Option(
        names = "--director",
        required = true,
        paramLabel = "KEY.pub",
        description = "the server's; see hatchery director")
    List<Path> director = List.of();

    @Option(
        names = "--root-threshold",
        defaultValue = "1",
        paramLabel = "N",
        description = "default 1")
    int rootThreshold;

    @Option(
        names = "--release-threshold",
        defaultValue = "1",
        paramLabel = "N",
        description = "default 1")
    int releaseThreshold;

    @Option(
        names = "--policy-threshold",
        defaultValue = "1",
        paramLabel = "N",
        description = "default 1")
    int policyThreshold;
  }

  @Command(
      name = "new",
      description = "Make and sign a trust document. The root keys stay where they are.")
  void make(
      @Mixin Keys keys,
      @Option(
              names = "--version",
              defaultValue = "1",
              paramLabel = "N",
              description = "default 1; each is one more than the last")
          long version,
      @Option(
              names = "--previous-root",
              paramLabel = "KEY.pem",
              description =
                  "a root key of the version before, which must sign as well; repeat for more")
          List<Path> previousRoots,
      @Option(
              names = "--days",
              defaultValue = "730",
              paramLabel = "N",
              description = "valid for, default 730")
          int days,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE",
              description = "where to write it")
          Path out,
      @Option(names = "--json", description = "print JSON") boolean json) {
    List<SigningKey> roots = keys.root.stream().map(SigningKey::read).toList();
    Map<Digest, TrustedKey> all = new TreeMap<>();
    Map<Role, Trust.Keyholders> roles = new EnumMap<>(Role.class);
    roles.put(
        Role.ROOT,
        holders(roots.stream().map(SigningKey::publicKey).toList(), keys.rootThreshold, all));
    roles.put(Role.RELEASE, holders(read(keys.release), keys.releaseThreshold, all));
    roles.put(Role.POLICY, holders(read(keys.policy), keys.policyThreshold, all));
    roles.put(Role.DIRECTOR, holders(read(keys.director), 1, all));
    Instant expires = Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(days, ChronoUnit.DAYS);

    List<SigningKey> signers = new ArrayList<>(roots);
    if (previousRoots != null) previousRoots.stream().map(SigningKey::read).forEach(signers::add);
    Envelope signed = TrustChain.sign(new Trust(version, expires, all, roles), signers);
    Disk.write(out, Wire.ENVELOPE.bytes(signed));
    if (json) {
      terminal.json(
          Tree.object().put("file", out).put("version", version).put("expires", expires).done());
    } else {
      terminal.line(out + "  trust version " + version + ", valid until " + expires);
    }
  }

  @Command(
      name = "show",
      description = "Print a trust document after checking that it signs itself.")
  void show(@Parameters(paramLabel = "FILE") Path file) {
    terminal.json(Wire.TRUST.write(read(file)));
  }

  @Command(
      name = "load",
      description = "Give it to the server, which takes it only with its own director key in it.")
  void load(
      @Parameters(paramLabel = "FILE") Path file,
      @Mixin Connection connection,
      @Option(names = "--json", description = "print JSON") boolean json) {
    Envelope envelope = envelope(file);
    try (var client = connection.client(terminal)) {
      long version = client.putTrust(envelope).version();
      if (json) terminal.json(Tree.object().put("version", version).done());
      else terminal.line("the server believes trust version " + version);
    }
  }

  static Trust read(Path file) {
    return TrustChain.acceptFirst(envelope(file));
  }

  static Envelope envelope(Path file) {
    return Wire.ENVELOPE.parse(Disk.read(file), TrustChain.MAX_SIZE, file.toString());
  }

  private static List<TrustedKey> read(List<Path> files) {
    return files.stream().map(PublicKeys::read).toList();
  }

  private static Trust.Keyholders holders(
      List<TrustedKey> keys, int threshold, Map<Digest, TrustedKey> all) {
    var ids = new TreeSet<Digest>();
    for (TrustedKey key : keys) {
      all.put(key.id(), key);
      ids.add(key.id());
    }
    return new Trust.Keyholders(ids, threshold);
  }
}

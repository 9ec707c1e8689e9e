package dev.hatchery.cli;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hatchery policy}. */
@Command(name = "policy", description = "The floor and the revocations; they bind operators too.")
final class PolicyCommand {
  private final Terminal terminal;

  PolicyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(name = "new", description = "Make and sign a policy.")
  void make(
      @Option(
              names = "--key",
              required = true,
              paramLabel = "KEY.pem",
              description = "a private policy key; repeat for more")
          List<Path> keys,
      @Option(
              names = "--version",
              defaultValue = "1",
              paramLabel = "N",
              description = "default 1; only rises")
          long version,
      @Option(
              names = "--floor",
              paramLabel = "NAME=COUNTER",
              description = "refuse bundles of NAME with a smaller release counter")
          Map<String, Long> floor,
      @Option(
              names = "--revoke",
              paramLabel = "DIGEST",
              description = "refuse the bundle with this manifest digest")
          List<String> revoke,
      @Option(
              names = "--days",
              defaultValue = "90",
              paramLabel = "N",
              description = "valid for, default 90")
          int days,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE",
              description = "where to write it")
          Path out,
      @Option(names = "--json", description = "print JSON") boolean json) {
    if (keys.isEmpty()) throw Refusal.of(Code.BAD_INPUT, "a policy needs a key").expected("--key");
    Map<Name, Long> floors = new TreeMap<>();
    if (floor != null) floor.forEach((name, counter) -> floors.put(new Name(name), counter));
    Set<Digest> revoked = new HashSet<>();
    if (revoke != null) revoke.forEach(digest -> revoked.add(Digest.parse(digest)));
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var policy = new Policy(version, now, now.plus(days, ChronoUnit.DAYS), floors, revoked);
    Disk.write(
        out,
        Wire.ENVELOPE.bytes(Policies.sign(policy, keys.stream().map(SigningKey::read).toList())));
    if (json) terminal.json(Tree.object().put("file", out).put("version", version).done());
    else terminal.line(out + "  policy version " + version);
  }

  @Command(name = "load", description = "Give it to the server, and through it to every device.")
  void load(
      @Parameters(paramLabel = "FILE") Path file,
      @Mixin Connection connection,
      @Option(names = "--json", description = "print JSON") boolean json) {
    Envelope envelope = Wire.ENVELOPE.parse(Disk.read(file), Policies.MAX_SIZE, file.toString());
    try (var client = connection.client(terminal)) {
      long version = client.putPolicy(envelope).version();
      if (json) terminal.json(Tree.object().put("version", version).done());
      else terminal.line("the server and its devices keep to policy version " + version);
    }
  }
}

package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.core.Name;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;

/**
 * What an order has cost on the network, over restarts. It is written as often as a download's
 * checkpoint, so a crash forgets about as much as has to be fetched again.
 */
final class Spent {
  private final StateFile<Account> file;
  private Account account;
  private long unsaved;

  private record Account(String command, Traffic traffic) {
    static final Codec<Account> CODEC =
        new Codec<>(
            a ->
                Tree.object()
                    .put("command", a.command)
                    .put("traffic", Wire.TRAFFIC.write(a.traffic))
                    .done(),
            node -> Fields.read(node, f -> new Account(f.text("command"), told(f))));
  }

  // One number, before there were sources.
  private static Traffic told(Fields f) {
    return f.has("bytes")
        ? Traffic.of(Traffic.Source.FULL, f.integer("bytes"))
        : f.get("traffic", Wire.TRAFFIC::read);
  }

  Spent(Disk disk, Path state, Name slot, String command) {
    this.file = new StateFile<>(disk, state.resolve("spent-" + slot + ".json"), Account.CODEC);
    this.account =
        file.read()
            .value()
            .filter(a -> a.command.equals(command))
            .orElseGet(() -> new Account(command, Traffic.NONE));
  }

  Traffic traffic() {
    return account.traffic;
  }

  /** Counts, and writes it down when {@code step} bytes are not yet written down. */
  void add(Traffic.Source source, long bytes, long step) {
    if (bytes == 0) return;
    account = new Account(account.command, account.traffic.plus(source, bytes));
    unsaved += bytes;
    if (unsaved >= step) save();
  }

  void save() {
    if (unsaved == 0) return;
    file.write(account);
    unsaved = 0;
  }
}

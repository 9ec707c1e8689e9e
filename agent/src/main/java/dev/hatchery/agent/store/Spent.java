package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Name;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;

/**
 * What an order has cost on the network, over restarts. It is written now and then, so a crash
 * forgets at most {@link #STEP}.
 */
final class Spent {
  static final DataSize STEP = DataSize.kib(256);

  private final StateFile<Account> file;
  private Account account;
  private long unsaved;

  private record Account(String command, long bytes) {
    static final Codec<Account> CODEC =
        new Codec<>(
            a -> Tree.object().put("command", a.command).put("bytes", a.bytes).done(),
            node -> Fields.read(node, f -> new Account(f.text("command"), f.integer("bytes"))));
  }

  Spent(Disk disk, Path state, Name slot, String command) {
    this.file = new StateFile<>(disk, state.resolve("spent-" + slot + ".json"), Account.CODEC);
    this.account =
        file.read()
            .value()
            .filter(a -> a.command.equals(command))
            .orElseGet(() -> new Account(command, 0));
  }

  long bytes() {
    return account.bytes;
  }

  void add(long bytes) {
    if (bytes == 0) return;
    account = new Account(account.command, account.bytes + bytes);
    unsaved += bytes;
    if (unsaved < STEP.bytes()) return;
    file.write(account);
    unsaved = 0;
  }
}

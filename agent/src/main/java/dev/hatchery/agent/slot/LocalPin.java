package dev.hatchery.agent.slot;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.core.Code;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a person at the device has said of a slot: it stays on what it has. It is a file beside the
 * agent's state, so that it can be set while the agent runs and while it does not.
 */
public final class LocalPin {
  /** Characters of a reason. */
  public static final int MAX_REASON = 256;

  private static final Codec<String> CODEC =
      Codec.of(reason -> Tree.object().put("reason", reason).done(), f -> f.text("reason"));

  private final Disk disk;
  private final Path path;
  private final StateFile<String> file;

  /**
   * The pin of one slot.
   *
   * @param state the folder of state files
   */
  public LocalPin(Disk disk, Path state, Name slot) {
    this.disk = disk;
    this.path = state.resolve("pin-" + slot + ".json");
    this.file = new StateFile<>(disk, path, CODEC);
  }

  /** Why it is pinned; a pin that cannot be read holds, since nobody has taken it away. */
  public Optional<String> reason() {
    return switch (file.read()) {
      case StateFile.Absent<String> _ -> Optional.empty();
      case StateFile.Good<String> good -> Optional.of(good.document());
      case StateFile.Bad<String> bad -> Optional.of("its file is broken: " + bad.why().code());
    };
  }

  /** Durable when it returns. */
  public void set(String reason) {
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw Refusal.of(Code.BAD_INPUT, "a reason has a wrong length")
          .expected("1 to " + MAX_REASON + " characters")
          .got(reason.length());
    }
    file.read(); // so that its generation goes on
    file.write(reason);
  }

  public void remove() {
    Durable.remove(disk, path);
  }
}

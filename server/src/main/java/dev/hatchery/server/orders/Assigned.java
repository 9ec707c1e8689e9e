package dev.hatchery.server.orders;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.server.releases.ReleaseStore;

/** Which bytes a device may fetch: those of the releases that its desired state names. */
public final class Assigned {
  private final Board board;
  private final ReleaseStore releases;

  public Assigned(Board board, ReleaseStore releases) {
    this.board = board;
    this.releases = releases;
  }

  /** Answered from memory. */
  public boolean may(DeviceId device, Name repo, Digest blob) {
    return board.desired(device).stream()
        .flatMap(desired -> desired.slots().values().stream())
        .anyMatch(
            order -> order.release().name().equals(repo) && releases.holds(order.manifest(), blob));
  }

  /** The same for a blob of whichever release. */
  public boolean may(DeviceId device, Digest blob) {
    return board.desired(device).stream()
        .flatMap(desired -> desired.slots().values().stream())
        .anyMatch(order -> releases.holds(order.manifest(), blob));
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.ReleaseId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an operator has put devices on by hand, and how far they are.
 *
 * @param id names it, to let it go; it is also the id of its pin. Absent where nothing was done
 * @param by who asked for it
 * @param letGo absent while it holds
 * @param devices those that were told
 * @param left those that were asked for and not told; known in the answer to the request only
 */
public record PlacementView(
    Optional<Long> id,
    PlacementRequest request,
    String by,
    Instant at,
    Optional<LetGo> letGo,
    List<Placed> devices,
    List<Left> left) {
  public PlacementView {
    devices = List.copyOf(devices);
    left = List.copyOf(left);
  }

  /** Where a device stands. */
  public enum State {
    /** It has not proved yet that it runs what it was told. */
    TOLD,
    CONFIRMED,
    /** It says that it cannot; it is told again, less and less often. */
    FAILED,
    /** Something newer was ordered for its slot. */
    OVERTAKEN,
    /** Free to go where its channel is, and kept from it by something else. */
    WAITING,
    LET_GO
  }

  /**
   * A device that was told.
   *
   * @param from what it ran, or was to run
   * @param since when it came to stand so
   * @param detail what it says, or what keeps it
   */
  public record Placed(
      DeviceId device,
      Optional<ReleaseId> from,
      ReleaseId to,
      State state,
      Instant since,
      String detail) {}

  /** A device that was not. */
  public record Left(DeviceId device, String why) {}

  /** The end of it. */
  public record LetGo(String by, Instant at, String reason) {}

  /** How many of the devices stand so. */
  public long count(State state) {
    return devices.stream().filter(d -> d.state() == state).count();
  }
}

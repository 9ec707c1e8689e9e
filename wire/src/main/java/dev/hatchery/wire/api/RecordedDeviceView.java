package dev.hatchery.wire.api;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.LatencyHistogram;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * A device as the server has it on record.
 *
 * @param past under the release before; absent where there is none
 * @param duty when it is awake; absent for one that always is
 * @param heard when it was last heard of; absent for one that never was
 * @param bytes that it is expected to fetch
 */
public record RecordedDeviceView(
    DeviceId id,
    Labels labels,
    DeviceFacts facts,
    Optional<Past> past,
    Optional<Duty> duty,
    Optional<Instant> heard,
    long bytes) {
  /**
   * What its warm windows said.
   *
   * @param span from the first to the last, in whole seconds
   */
  public record Past(long requests, long errors, LatencyHistogram latency, Duration span) {}

  /** When a device is awake, by its own clock. */
  public record Duty(DailyWindow awake, ZoneId zone) {}

  /**
   * Some of a fleet, by id.
   *
   * @param more whether there are others after the last of these
   */
  public record Page(List<RecordedDeviceView> devices, boolean more) {
    public Page {
      devices = List.copyOf(devices);
    }
  }
}

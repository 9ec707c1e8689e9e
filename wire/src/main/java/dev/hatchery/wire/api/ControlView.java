package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Experiment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The devices that a rollout holds back, and how the comparison with them stands.
 *
 * @param keep how long after all others they are held back
 * @param experiment where the first stage and they are the sides of one
 * @param since when the running comparison began
 * @param nextLook when it is looked at next
 * @param looks how many were made in this stage
 * @param soFar what a look would say now; nothing acts on it
 */
public record ControlView(
    List<DeviceId> devices,
    Optional<Duration> keep,
    Optional<Experiment> experiment,
    Optional<Instant> since,
    Optional<Instant> nextLook,
    int looks,
    List<Found> soFar) {
  /** Of one metric, in words with its bounds; or what the comparison lacks. */
  public record Found(String metric, String reason) {}

  public ControlView {
    devices = List.copyOf(devices);
    soFar = List.copyOf(soFar);
  }
}

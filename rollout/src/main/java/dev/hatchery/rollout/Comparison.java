package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the comparison with the control stands in the running stage.
 *
 * @param control the devices held back; none before the first stage is ordered
 * @param since from when on both sides are measured: when enough of the stage ran the target
 * @param looks how many were made in this stage
 * @param next when the next one is due
 * @param findings of the newest look, one for each margin
 */
public record Comparison(
    Map<DeviceId, ControlDevice> control,
    Optional<Instant> since,
    int looks,
    Optional<Instant> next,
    List<Finding> findings) {
  public static final Comparison NONE =
      new Comparison(Map.of(), Optional.empty(), 0, Optional.empty(), List.of());

  /**
   * What one look has shown of one metric.
   *
   * @param within whether it is shown to be within the margin; in an experiment, whether it is not
   *     shown to be worse
   * @param better whether an experiment has shown it to be better
   * @param reason in words, with the figures and what is missing
   */
  public record Finding(String metric, boolean within, boolean better, String reason) {}

  public Comparison {
    control = Collections.unmodifiableMap(new LinkedHashMap<>(control));
    findings = List.copyOf(findings);
  }

  /** For the next stage, with the same devices. */
  Comparison afresh() {
    return new Comparison(control, Optional.empty(), 0, Optional.empty(), List.of());
  }

  Comparison of(Map<DeviceId, ControlDevice> devices) {
    return new Comparison(devices, since, looks, next, findings);
  }

  Comparison begun(Instant now, Duration firstLook) {
    return new Comparison(
        control, Optional.of(now), 0, Optional.of(now.plus(firstLook)), List.of());
  }

  /** After a look. The next one is made when as much time has passed again. */
  Comparison looked(Instant now, List<Finding> found) {
    Duration lasted = Duration.between(since.orElseThrow(), now);
    return new Comparison(control, since, looks + 1, Optional.of(now.plus(lasted)), found);
  }
}

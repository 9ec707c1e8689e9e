package dev.hatchery.cli;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.wire.api.ControlView;
import dev.hatchery.wire.api.RolloutView;
import java.util.List;
import java.util.stream.Collectors;

/** Whom a rollout holds back, as people read it. */
final class ControlText {
  private static final int NAMED = 10;

  private ControlText() {}

  static List<String> lines(RolloutView rollout) {
    return rollout.control().map(c -> List.of("control: " + whom(c))).orElse(List.of());
  }

  /** {@code 20 devices held back (edge-1, edge-4, …) until 48h after all others}. */
  static String whom(ControlView control) {
    int n = control.devices().size();
    String names =
        control.devices().stream()
            .map(DeviceId::value)
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    return n
        + (n == 1 ? " device" : " devices")
        + " held back ("
        + names
        + (n > NAMED ? ", …" : "")
        + ") until "
        + control
            .keep()
            .map(keep -> Durations.format(keep) + " after all others")
            .orElse("the last stage");
  }
}

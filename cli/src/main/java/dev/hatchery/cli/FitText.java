package dev.hatchery.cli;

import dev.hatchery.core.FleetFit;
import java.util.ArrayList;
import java.util.List;

/** Whom a rollout leaves out, as people read it. */
final class FitText {
  private FitText() {}

  static List<String> lines(FleetFit fit) {
    List<String> lines = new ArrayList<>();
    if (fit.unfit() > 0) lines.add(fit.cannot());
    if (fit.unknown() > 0) lines.add(fit.unsaid());
    return lines;
  }
}

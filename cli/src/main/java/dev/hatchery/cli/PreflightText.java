package dev.hatchery.cli;

import dev.hatchery.core.DeviceId;
import dev.hatchery.wire.api.PreflightView;
import dev.hatchery.wire.api.PreflightView.Check;
import dev.hatchery.wire.api.PreflightView.Finding;
import dev.hatchery.wire.tree.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a look ahead found, as people read it. */
final class PreflightText {
  private PreflightText() {}

  static List<String> lines(PreflightView view) {
    List<String> lines = new ArrayList<>();
    lines.add(
        view.release()
            + " for "
            + devices(view.devices())
            + ": "
            + (view.go() ? "nothing would stop it" : "something would stop it"));
    for (Check check : Check.values()) {
      if (view.passed().contains(check)) lines.add("  ok    " + Fields.word(check));
      view.findings().stream().filter(f -> f.check() == check).forEach(f -> tell(f, lines));
    }
    return lines;
  }

  private static void tell(Finding finding, List<String> lines) {
    lines.add(
        (finding.stops() ? "  STOP  " : "  note  ")
            + Fields.word(finding.check())
            + ": "
            + (finding.check() == Check.PLAN ? "" : devices(finding.devices()) + " ")
            + finding.what()
            + names(finding));
    if (!finding.fix().isEmpty()) lines.add("        → " + finding.fix());
  }

  private static String names(Finding finding) {
    if (finding.examples().isEmpty()) return "";
    String named =
        finding.examples().stream().map(DeviceId::value).collect(Collectors.joining(", "));
    return " (" + named + (finding.devices() > finding.examples().size() ? ", …)" : ")");
  }

  private static String devices(int n) {
    return n == 1 ? "1 device" : n + " devices";
  }
}

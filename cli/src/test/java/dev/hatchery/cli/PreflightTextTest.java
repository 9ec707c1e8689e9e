package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.api.PreflightView;
import dev.hatchery.wire.api.PreflightView.Check;
import dev.hatchery.wire.api.PreflightView.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PreflightTextTest {
  private static final ReleaseId RELEASE = ReleaseId.parse("inspection@1.1.0");

  private static Finding finding(Check check, boolean stops, int devices) {
    return new Finding(
        check,
        stops,
        "trouble",
        "mend it",
        devices,
        devices == 0 ? List.of() : List.of(new DeviceId("cam-1")));
  }

  @Test
  void whatStopsAndWhatIsOnlyWorthKnowingAreToldApartWithWhatToDo() {
    var view =
        new PreflightView(
            RELEASE,
            412,
            List.of(
                finding(Check.PLAN, true, 0),
                finding(Check.LKG, true, 1),
                finding(Check.SPACE, false, 7)));
    assertThat(PreflightText.lines(view))
        .containsExactly(
            "inspection@1.1.0 for 412 devices: something would stop it",
            "  STOP  plan: trouble",
            "        → mend it",
            "  ok    stack",
            "  STOP  lkg: 1 device trouble (cam-1)",
            "        → mend it",
            "  note  space: 7 devices trouble (cam-1, …)",
            "        → mend it",
            "  ok    check-in",
            "  ok    link",
            "  ok    interlock");
    assertThat(PreflightCommand.exitCode(view)).isEqualTo(5);
  }

  @Test
  void whatIsOnlyWorthKnowingStopsNothing() {
    var view = new PreflightView(RELEASE, 1, List.of(finding(Check.SPACE, false, 1)));
    assertThat(PreflightText.lines(view).getFirst())
        .isEqualTo("inspection@1.1.0 for 1 device: nothing would stop it");
    assertThat(PreflightCommand.exitCode(view)).isZero();
  }
}

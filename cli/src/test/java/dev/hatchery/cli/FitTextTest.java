package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Fit;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Misfit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FitTextTest {
  @Test
  void whoIsLeftOutIsToldByReason() {
    var old = new Fit.Unfit(List.of(new Misfit("hailort", ">=5.2.0", "5.1.1")));
    var mute = new Fit.Unknown(List.of(new Misfit("hailort", ">=5.2.0", "")));
    FleetFit fit =
        FleetFit.of(
            Map.of(
                new DeviceId("cam-1"), old,
                new DeviceId("cam-2"), mute,
                new DeviceId("cam-3"), new Fit.Fits()));
    assertThat(FitText.lines(fit))
        .containsExactly(
            "1 of 3 devices cannot run this: 1 hailort 5.1.1, needs >=5.2.0 (cam-1)",
            "1 of 3 devices do not say whether they can run this: 1 hailort unknown, needs"
                + " >=5.2.0 (cam-2)");
    assertThat(FitText.lines(FleetFit.NOBODY)).isEmpty();
  }
}

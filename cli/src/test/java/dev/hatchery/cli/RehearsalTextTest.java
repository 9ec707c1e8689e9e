package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.lab.rehearsal.Hypothesis;
import dev.hatchery.lab.rehearsal.Outlook;
import dev.hatchery.wire.api.RehearsalView;
import dev.hatchery.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RehearsalTextTest {
  @Test
  void aPlanThatWorksIsToldWithItsTimesItsBytesAndItsPower() {
    var good = new Outlook.Good(20, 20, 0, 0, 149, 160, 10L << 20, 1 << 20, 3, 2, 0, 0, 0, 1);
    var outlook = outlook(good, 20, 0);

    assertThat(RehearsalText.lines(view(""), outlook, 7))
        .containsExactly(
            "inspection@1.1.0 for 400 devices, rehearsed as next-1 with seed 7",
            "if the release is as good as the one before, it completes in 20 of 20 runs, after 2h"
                + " 29m (nine in ten within 2h 40m)",
            "  ok    canary, 5 devices: passes after 37m",
            "  10.0 MiB to fetch, 1.0 MiB of it over metered links",
            "  3 devices without it when it ends: 2 away, 1 failed",
            "if it is not, and",
            "  takes twice as long: stopped in canary 95% after 8m on 5 devices, mostly by"
                + " latency-p95:ratio",
            "  → mend it",
            "approvals are taken as given at once; docs/rollout.md says what else is assumed");
    assertThat(RehearseCommand.exitCode(view(""), outlook)).isZero();
    assertThat(RehearseCommand.exitCode(view("a channel has one rollout"), outlook)).isEqualTo(5);
  }

  @Test
  void aStageThatIsLateAndARefusalStandOut() {
    var good = new Outlook.Good(20, 9, 1, 10, 149, 149, 0, 0, 0, 0, 0, 0, 0, 0);
    var outlook = outlook(good, 10, 10);

    assertThat(RehearsalText.lines(view("a channel has one rollout at a time"), outlook, 1))
        .contains(
            "  STOP  it could not be started: a channel has one rollout at a time",
            "if the release is as good as the one before, it completes in 9 of 20 runs, after 2h"
                + " 29m; aborted in 1; misses a deadline in 10",
            "  LATE  canary, 5 devices: passes after 37m; misses its deadline in 10 of 20 runs,"
                + " kept by soak");
    assertThat(RehearseCommand.exitCode(view(""), outlook)).isEqualTo(5);
  }

  @Test
  void programsGetEachFigure() {
    var good = new Outlook.Good(20, 20, 0, 0, 149, 160, 5, 4, 3, 2, 0, 0, 0, 1);
    String json =
        new String(
            Json.write(RehearsalJson.of(view(""), outlook(good, 20, 0), 7)),
            StandardCharsets.UTF_8);

    assertThat(json)
        .contains("\"completes\":true", "\"p90Minutes\":160", "\"meteredBytes\":4")
        .contains("\"stage\":\"canary\"", "\"hypothesis\":\"latency2x\"", "\"stoppedByStage\":[19]")
        .contains("\"advice\":[\"mend it\"]");
  }

  @Test
  void timesAreToldInTheirTwoLargestUnits() {
    assertThat(RehearsalText.time(0.5)).isEqualTo("30s");
    assertThat(RehearsalText.time(59)).isEqualTo("59m");
    assertThat(RehearsalText.time(60)).isEqualTo("1h");
    assertThat(RehearsalText.time(24 * 60)).isEqualTo("1d");
    assertThat(RehearsalText.time(52 * 60 + 10)).isEqualTo("2d 4h");
  }

  private static Outlook outlook(Outlook.Good good, int passed, int missed) {
    var stage =
        new Outlook.Stage(
            new Name("canary"), 5, passed, 37, 37, missed, missed == 0 ? "" : "soak", "");
    var fault =
        new Outlook.Fault(
            Hypothesis.LATENCY2X, 20, List.of(19), 0, 1, 8, 5, 5, "latency-p95:ratio");
    return new Outlook(400, good, List.of(stage), List.of(fault), List.of("mend it"));
  }

  private static RehearsalView view(String refused) {
    return new RehearsalView(
        "next-1",
        ReleaseId.parse("inspection@1.1.0"),
        new Digest("a".repeat(64)),
        Optional.empty(),
        1,
        Instant.EPOCH,
        Duration.ofMinutes(1),
        Duration.ZERO,
        FleetFit.of(Map.of()),
        Limits.NONE,
        List.of(),
        refused);
  }
}

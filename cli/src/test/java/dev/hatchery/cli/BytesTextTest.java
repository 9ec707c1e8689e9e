package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.api.ExpectedBytes;
import dev.hatchery.wire.api.Explanation;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Member;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What people read of bytes. */
final class BytesTextTest {
  private static final Instant T0 = Instant.parse("2026-11-01T00:00:00Z");
  private static final int MIB = 1 << 20;

  @Test
  void beforeItStartsItsCostIsExpected() {
    var expected = new ExpectedBytes(8 * MIB, MIB, 2, 1, false, "deltas are being made: 1 of 2");

    assertThat(BytesText.lines(rollout(Phase.RUNNING, expected, 0)))
        .containsExactly(
            "expected over the uplink 1.0 MiB instead of 8.0 MiB, for 2 devices to come, 1 of them"
                + " with a delta; deltas are being made: 1 of 2",
            "downloaded 0 B, for the rollback 0 B");
  }

  @Test
  void whatItHasCostIsTheSumBySourceAndIsComparedForThoseThatAreDone() {
    Member done = member(Member.State.CONFIRMED, new Traffic(0, MIB, 2 * MIB, 10));
    Member late = member(Member.State.ORDERED, new Traffic(3 * MIB, 0, 0, 0));

    assertThat(
            BytesText.lines(rollout(Phase.COMPLETED, ExpectedBytes.UNKNOWN, 4 * MIB, done, late)))
        .containsExactly(
            "downloaded 6.0 MiB: 3.0 MiB whole, 1.0 MiB as deltas, 2.0 MiB from peers (and 10 B"
                + " resumed), for the rollback 0 B",
            "1 device done with 1.0 MiB over the uplink; whole downloads would have cost 4.0 MiB,"
                + " so 75.0% was saved");
  }

  @Test
  void aRolloutThatCostMoreSaysSo() {
    Member done = member(Member.State.CONFIRMED, new Traffic(5 * MIB, 0, 0, 0));

    assertThat(
            BytesText.lines(rollout(Phase.COMPLETED, ExpectedBytes.UNKNOWN, 4 * MIB, done))
                .getLast())
        .endsWith("so 25.0% more was spent");
  }

  @Test
  void oneSlotOfAnExplanationCanBeAskedFor() {
    var whole =
        new Explanation(
            new DeviceId("edge-1"),
            Map.of(new Name("vision"), List.of("a"), new Name("llm"), List.of("b")));

    assertThat(ExplainCommands.only(whole, new Name("llm")).slots()).hasSize(1);
    assertThatThrownBy(() -> ExplainCommands.only(whole, new Name("os")))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("no such slot");
  }

  private static Member member(Member.State state, Traffic traffic) {
    return new Member(
        new DeviceId("edge-1"),
        new Name("all"),
        state,
        1,
        T0,
        T0,
        Duration.ZERO,
        0,
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        traffic,
        0);
  }

  private static RolloutView rollout(
      Phase phase, ExpectedBytes expected, long fullCost, Member... members) {
    return new RolloutView(
        "two-1",
        new Name("two"),
        new Name("vision"),
        new Name("stable"),
        ReleaseId.parse("inspection@1.1.0"),
        Optional.empty(),
        phase,
        List.of(new RolloutView.Stage(new Name("all"), 2, Duration.ZERO)),
        OptionalLong.empty(),
        Optional.empty(),
        0,
        2,
        members.length,
        1,
        T0,
        T0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(members).stream().map(Member::traffic).reduce(Traffic.NONE, Traffic::plus),
        0,
        expected,
        fullCost,
        List.of(),
        List.of(members),
        Optional.empty());
  }
}

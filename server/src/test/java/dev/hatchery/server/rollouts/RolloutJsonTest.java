package dev.hatchery.server.rollouts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Fit;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Misfit;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Traffic;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Cohorts;
import dev.hatchery.rollout.Comparison;
import dev.hatchery.rollout.Concurrent;
import dev.hatchery.rollout.Consent;
import dev.hatchery.rollout.ControlDevice;
import dev.hatchery.rollout.Coverage;
import dev.hatchery.rollout.Disturbance;
import dev.hatchery.rollout.DriftRun;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Inquiry;
import dev.hatchery.rollout.Likeness;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Phase;
import dev.hatchery.rollout.QueryAnswer;
import dev.hatchery.rollout.Replacement;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.rollout.StageTallies;
import dev.hatchery.rollout.Tally;
import dev.hatchery.rollout.Verdict;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is stored is what is read: a rollout survives its journey, down to the nanosecond. */
final class RolloutJsonTest {
  private static final DataSize MAX = DataSize.mib(1);
  private static final FleetFit FIT =
      FleetFit.of(
          Map.of(
              new DeviceId("edge-9"),
              new Fit.Unfit(List.of(new Misfit("hailort", ">=5.2.0", "5.1.1"))),
              new DeviceId("edge-8"),
              new Fit.Unknown(List.of(new Misfit("RAM", "at least 4 GiB", "")))));

  @Test
  void aRolloutIsReadBackAsItWas() {
    var random = new Random(11);
    for (int i = 0; i < 300; i++) {
      Rollout rollout = rollout(random);
      var plan =
          RolloutJson.PLAN.parse(
              RolloutJson.PLAN.bytes(RolloutJson.Plan.of(new Planned(rollout, FIT))), MAX, "plan");
      var state =
          RolloutJson.STATE.parse(
              RolloutJson.STATE.bytes(RolloutJson.State.of(rollout)), MAX, "state");
      Map<DeviceId, Member> members = new LinkedHashMap<>();
      for (Member member : rollout.members().values()) {
        members.put(
            member.device(), MemberJson.CODEC.parse(MemberJson.CODEC.bytes(member), MAX, "member"));
      }
      assertThat(RolloutJson.rollout(rollout.id(), plan, state, members)).isEqualTo(rollout);
      assertThat(plan.fit()).isEqualTo(FIT);
    }
  }

  @Test
  void aMemberOfBeforeThereWereSourcesHadOnlyWholeFiles() {
    Member member = member(new Random(3), "edge-1");
    String json = new String(MemberJson.CODEC.bytes(member), StandardCharsets.UTF_8);
    String old =
        json.replaceAll("\"trafficBefore\":\\{[^}]*}", "\"bytesBefore\":1")
            .replaceAll("\"traffic\":\\{[^}]*}", "\"bytesDownloaded\":2")
            .replaceAll("\"trafficBack\":\\{[^}]*}", "\"bytesForRollback\":3");
    Member read = MemberJson.CODEC.parse(old.getBytes(StandardCharsets.UTF_8), MAX, "member");
    assertThat(read.trafficBefore()).isEqualTo(new Traffic(1, 0, 0, 0));
    assertThat(read.traffic()).isEqualTo(new Traffic(2, 0, 0, 0));
    assertThat(read.trafficBack()).isEqualTo(new Traffic(3, 0, 0, 0));
  }

  @Test
  void aPlanFromBeforeThereWereStrataStillReads() {
    Rollout rollout = rollout(new Random(1));
    String json =
        new String(
            RolloutJson.PLAN.bytes(RolloutJson.Plan.of(new Planned(rollout, FIT))),
            StandardCharsets.UTF_8);
    String old =
        json.replaceAll(",\"turn\":\"[^\"]*\"", "")
            .replaceAll(",\"sizes\".*", "}")
            .replaceAll(",\"fit\":\\{.*?\\]\\}\\]\\}", "");
    var read = RolloutJson.PLAN.parse(old.getBytes(StandardCharsets.UTF_8), MAX, "plan");
    assertThat(read.cohorts().fleet()).isEqualTo(rollout.fleet());
    assertThat(read.cohorts().sizes()).containsExactly(2, 2);
    assertThat(read.cohorts().seed()).isEmpty();
    assertThat(read.fit()).isEqualTo(FleetFit.NOBODY);
    assertThat(read.cohorts().coverage()).isEmpty();
    assertThat(read.turn()).isEqualTo(read.createdAt());
  }

  @Test
  void anEValueBeyondAllNumbersIsStillShown() {
    var verdict =
        new Verdict(
            "errors:limit",
            Verdict.Kind.FAIL,
            "very bad",
            OptionalDouble.of(Double.POSITIVE_INFINITY));
    assertThat(RolloutViews.verdict(verdict).e()).hasValue(1e300);
    var none = new Verdict("errors:limit", Verdict.Kind.HOLD, "odd", OptionalDouble.of(Double.NaN));
    assertThat(RolloutViews.verdict(none).e()).isEmpty();
  }

  private static Rollout rollout(Random random) {
    Map<DeviceId, Member> members = new LinkedHashMap<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      Member member = member(random, "edge-" + n);
      members.put(member.device(), member);
    }
    return new Rollout(
        "r-" + random.nextInt(100),
        spec(),
        digest(random),
        maybe(random, new Rollout.Previous(ReleaseId.parse("m@1.0.0-rc.1"), digest(random))),
        instant(random),
        cohorts(random),
        one(random, List.of(Phase.values())),
        random.nextInt(3),
        instant(random),
        random.nextLong(1L << 60),
        members,
        maybe(random, instant(random)),
        maybe(
            random,
            new Rollout.Abort(
                "errors:limit",
                "5 of 7 \"bad\"\n",
                instant(random),
                maybe(random, instant(random)))),
        maybe(random, instant(random)),
        new Consent(
            one(random, List.of("", "operator:ann")),
            random.nextBoolean()
                ? List.of()
                : List.of(new Consent.Given("operator:bob", "go \"on\"", instant(random))),
            random.nextInt(4) - 1,
            maybe(random, instant(random))),
        maybe(random, new Rollout.Undone("operator:ann", "", instant(random))),
        random.nextBoolean() ? Comparison.NONE : comparison(random),
        random.nextBoolean() ? Map.of() : Map.of("query.orders", inquiry(random)),
        instant(random).minusNanos(random.nextInt(3)));
  }

  private static Comparison comparison(Random random) {
    DeviceId id = new DeviceId("edge-9");
    return new Comparison(
        Map.of(id, new ControlDevice(id, baseline(random), concurrent(random))),
        maybe(random, instant(random)),
        random.nextInt(4),
        maybe(random, instant(random)),
        List.of(
            new Comparison.Finding(
                "errors", random.nextBoolean(), random.nextBoolean(), "so \"it\" is")));
  }

  private static Concurrent concurrent(Random random) {
    return new Concurrent(
        instant(random),
        random.nextLong(1000),
        random.nextLong(1000),
        new LatencyHistogram(Map.of(random.nextInt(147), 1 + random.nextLong(99))));
  }

  private static Baseline baseline(Random random) {
    return new Baseline(
        random.nextLong(1000),
        random.nextLong(1000),
        new LatencyHistogram(Map.of(random.nextInt(147), 1 + random.nextLong(99))),
        Duration.ofMillis(random.nextLong(1L << 40)));
  }

  private static Inquiry inquiry(Random random) {
    return new Inquiry(
        maybe(random, new QueryAnswer.Value(random.nextGaussian(), instant(random))),
        maybe(random, new Inquiry.Bad(instant(random), instant(random))));
  }

  private static Cohorts cohorts(Random random) {
    return new Cohorts(
        OptionalLong.of(random.nextLong()),
        List.of(new DeviceId("edge-1"), new DeviceId("Edge.2")),
        List.of(1, 2),
        Optional.of(
            new Coverage(
                new Name("canary"),
                1,
                1,
                2,
                List.of(new Coverage.Stratum("site", "(none)", 2, random.nextInt(3))))),
        random.nextBoolean() ? List.of() : List.of(new DeviceId("Edge.2")),
        random.nextBoolean()
            ? Likeness.UNKNOWN
            : new Likeness(List.of("site=oslo", ""), List.of(random.nextInt(2), Likeness.NONE)),
        random.nextBoolean()
            ? List.of()
            : List.of(
                new Replacement(
                    new Name("canary"),
                    new DeviceId("edge-1"),
                    "06:00 Europe/Oslo",
                    new DeviceId("Edge.2"),
                    one(random, List.of("", "site=oslo")))));
  }

  private static Member member(Random random, String id) {
    return new Member(
        new DeviceId(id),
        random.nextInt(3),
        random.nextInt(9),
        random.nextInt(9),
        "r/" + random.nextInt(9),
        one(random, List.of(Member.State.values())),
        maybe(random, new Duty(DailyWindow.parse("06:00-22:00"), ZoneId.of("Europe/Berlin"))),
        instant(random),
        instant(random),
        instant(random),
        maybe(random, "boot"),
        Duration.ofNanos(random.nextLong(1L << 50)),
        random.nextLong(1000),
        random.nextLong(1000),
        baseline(random),
        Map.of("latency-p95:ratio", random.nextDouble()),
        Map.of("errors:limit", new Tally(random.nextLong(1000), random.nextLong(1000))),
        new StageTallies(
            random.nextInt(3), Map.of("errors:limit", new Tally(random.nextLong(1000), 1))),
        random.nextBoolean()
            ? Map.of()
            : Map.of("drift.class:js", new DriftRun(random.nextLong(99), 2, random.nextDouble())),
        random.nextInt(3),
        maybe(random, Code.GOLDEN),
        random.nextInt(3),
        maybe(random, instant(random)),
        traffic(random),
        traffic(random),
        traffic(random),
        random.nextBoolean(),
        random.nextBoolean() ? Concurrent.NONE : concurrent(random),
        maybe(random, new Disturbance(instant(random), instant(random), "kernel 6.6 → 6.12")));
  }

  private static Traffic traffic(Random random) {
    return new Traffic(
        random.nextLong(1000), random.nextLong(1000), random.nextLong(1000), random.nextLong(1000));
  }

  private static RolloutSpec spec() {
    String yaml =
        """
        rollout: r
        slot: vision
        channel: stable
        release: m@1.1.0
        selector: "site in (oslo, bergen), !lab"
        stages: [{name: canary, count: 2}, {name: all, percent: 100, soak: 5m}]
        gates: [{metric: errors, limit: 5%, ratio: 1.5}, {metric: latency-p95, ratio: 1.5, alpha: 0.02}]
        """;
    return Wire.ROLLOUT_SPEC.read(Yaml.parse(yaml, "rollout.yaml"));
  }

  private static <T> T one(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static <T> Optional<T> maybe(Random random, T value) {
    return random.nextBoolean() ? Optional.of(value) : Optional.empty();
  }

  private static Instant instant(Random random) {
    return Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000));
  }

  private static Digest digest(Random random) {
    byte[] bytes = new byte[4];
    random.nextBytes(bytes);
    return Digest.of(bytes);
  }
}

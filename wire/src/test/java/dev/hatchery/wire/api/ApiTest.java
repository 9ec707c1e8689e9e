package dev.hatchery.wire.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Experiment;
import dev.hatchery.core.Fit;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Labels;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Misfit;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.Secret;
import dev.hatchery.core.Selector;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.EnrolmentFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class ApiTest {
  private static final DataSize MAX = DataSize.mib(1);
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final ReleaseId RELEASE = ReleaseId.parse("inspection@1.2.3");
  private static final Name NAME = new Name("vision");

  @Test
  void everyMessageIsReadBackAsItWasWritten() {
    same(Api.DIRECTOR, new DirectorView(key()));
    same(Api.TRUST, new TrustView(3, AT));
    same(Api.DEVICE, device());
    same(Api.DEVICES, new Page<>(List.of(device()), OptionalLong.of(500)));
    same(Api.ENROLMENT_TOKEN_REQUEST, new EnrolmentTokenRequest(5, Duration.ofMinutes(90)));
    same(Api.ENROLMENT_TOKEN, new EnrolmentTokenView("e-1", AT, file()));
    same(Api.RELEASE_REQUEST, new ReleaseRequest(RELEASE));
    same(Api.RELEASE, new ReleaseView(RELEASE, DIGEST, 7, DataSize.mib(3), List.of(DIGEST), AT));
    same(
        Api.CHANNEL,
        new ChannelView(NAME, NAME, Optional.of(RELEASE), Optional.empty(), Optional.of(AT), 6));
    same(Api.ROLLBACK_REQUEST, new RollbackRequest("why", Optional.of(RELEASE)));
    for (RollbackView.How how : RollbackView.How.values()) {
      same(
          Api.ROLLBACK,
          new RollbackView(NAME, NAME, how, Optional.of("r-1"), RELEASE, Optional.empty(), 3));
    }
    same(Api.ABORT_REQUEST, new AbortRequest("because"));
    for (RolloutView.Phase phase : RolloutView.Phase.values()) same(Api.ROLLOUT, rollout(phase));
    same(Api.FIT, fit());
    same(Api.ROLLOUT, rollout(RolloutView.Phase.RUNNING).with(fit()));
    var held =
        new ControlView(
            List.of(new DeviceId("edge-1")),
            Optional.of(Duration.ofDays(2)),
            Optional.of(new Experiment(Duration.ofDays(7), Experiment.Then.PROMOTE)),
            Optional.of(AT),
            Optional.of(AT),
            2,
            List.of(new ControlView.Found("errors", "is better")));
    same(Api.ROLLOUT, rollout(RolloutView.Phase.RUNNING).holding(Optional.of(held)));
    same(Api.PLACEMENT_REQUEST, placed(PlacementRequest.Kind.PIN));
    for (PlacementView.State state : PlacementView.State.values()) {
      var device = new DeviceId("edge-1");
      same(
          Api.PLACEMENT,
          new PlacementView(
              Optional.of(3L),
              placed(PlacementRequest.Kind.ROLLBACK),
              "operator:eve",
              AT,
              Optional.of(new PlacementView.LetGo("operator:eve", AT, "done")),
              List.of(
                  new PlacementView.Placed(
                      device, Optional.of(RELEASE), RELEASE, state, AT, "detail")),
              List.of(new PlacementView.Left(device, "why"))));
    }
    for (PreflightView.Check check : PreflightView.Check.values()) {
      var finding =
          new PreflightView.Finding(check, true, "what", "fix", 7, List.of(new DeviceId("edge-1")));
      same(Api.PREFLIGHT, new PreflightView(RELEASE, 9, List.of(finding)));
    }
    same(Api.REHEARSAL, rehearsal(Optional.empty()));
    same(Api.REHEARSAL, rehearsal(Optional.of(new RehearsalView.Previous(RELEASE, DIGEST))));
    same(Api.RECORDED_DEVICES, new RecordedDeviceView.Page(List.of(recorded(true)), true));
    same(Api.RECORDED_DEVICES, new RecordedDeviceView.Page(List.of(recorded(false)), false));
    same(Api.ROLLOUTS, Page.all(List.of(rollout(RolloutView.Phase.RUNNING))));
    for (VerdictView.Kind kind : VerdictView.Kind.values()) {
      same(Api.VERDICT, new VerdictView("soak", kind, "why", OptionalDouble.of(1.5)));
    }
    same(Api.DECISION, new DecisionView(1, "r-1", AT, "what", List.of(), 2, 3, 4, DIGEST));
    same(
        Api.EXPLANATION,
        new Explanation(new DeviceId("edge-1"), Map.of(NAME, List.of("first", "then"))));
    same(Api.BYTES, Page.all(List.of(row("oslo"))));
    same(Api.AUDIT, new AuditView(1, AT, "server", "do", "it", "so", DIGEST, DIGEST));
  }

  @Test
  void anOlderClientReadsTheViewsOfANewerServer() {
    String json = "{\"version\":1,\"expires\":\"2026-01-02T03:04:05Z\",\"later\":{\"x\":null}}";
    assertThat(Api.TRUST.parse(json.getBytes(StandardCharsets.UTF_8), MAX, "x").version())
        .isEqualTo(1);
  }

  @Test
  void aRequestWithAFieldTooManyIsRefused() {
    String json = "{\"reason\":\"why\",\"heads\":\"inspection@1.0.0\"}";
    assertThatThrownBy(
            () -> Api.ROLLBACK_REQUEST.parse(json.getBytes(StandardCharsets.UTF_8), MAX, "body"))
        .isInstanceOfSatisfying(
            Refusal.class,
            r -> {
              assertThat(r.code()).isEqualTo(Code.BAD_INPUT);
              assertThat(r.problem().fix()).isEqualTo("did you mean head?");
            });
  }

  private static PlacementRequest placed(PlacementRequest.Kind kind) {
    return new PlacementRequest(
        kind,
        NAME,
        Optional.of(new DeviceId("edge-1")),
        Optional.empty(),
        kind == PlacementRequest.Kind.PIN ? Optional.of(RELEASE) : Optional.empty(),
        "why");
  }

  @Test
  void whatIsPlacedByHandIsClear() {
    Optional<DeviceId> one = Optional.of(new DeviceId("edge-1"));
    Optional<Selector> some = Optional.of(Selector.parse("site=oslo"));
    var back = PlacementRequest.Kind.ROLLBACK;
    var pin = PlacementRequest.Kind.PIN;
    assertThat(
            new PlacementRequest(back, NAME, one, Optional.empty(), Optional.empty(), "x").whom())
        .isEqualTo("edge-1");
    for (ThrowingCallable wrong :
        List.<ThrowingCallable>of(
            () -> new PlacementRequest(back, NAME, one, some, Optional.empty(), "x"),
            () ->
                new PlacementRequest(
                    back, NAME, Optional.empty(), Optional.empty(), Optional.empty(), "x"),
            () ->
                new PlacementRequest(back, NAME, one, Optional.empty(), Optional.of(RELEASE), "x"),
            () -> new PlacementRequest(pin, NAME, one, Optional.empty(), Optional.empty(), "x"),
            () -> new PlacementRequest(back, NAME, one, Optional.empty(), Optional.empty(), " "),
            () ->
                new PlacementRequest(
                    back, NAME, one, Optional.empty(), Optional.empty(), "x".repeat(513)))) {
      assertThatThrownBy(wrong).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void anEnrolmentTokenIsBounded() {
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofHours(25))) {
      assertThatThrownBy(() -> new EnrolmentTokenRequest(1, wrong)).isInstanceOf(Refusal.class);
    }
    assertThatThrownBy(() -> new EnrolmentTokenRequest(0, Duration.ofHours(1)))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void aServerThatKnowsNoSourcesIsStillUnderstood() {
    String old =
        new String(Api.ROLLOUT.bytes(rollout(RolloutView.Phase.RUNNING)), StandardCharsets.UTF_8)
            .replaceAll("\"(traffic|expectedBytes)\":\\{[^}]*},", "")
            .replace("\"fullCost\":90,", "");
    RolloutView view = Api.ROLLOUT.parse(old.getBytes(StandardCharsets.UTF_8), MAX, "answer");

    assertThat(view.traffic()).isEqualTo(new Traffic(18, 0, 0, 0));
    assertThat(view.members().getFirst().traffic()).isEqualTo(new Traffic(6, 0, 0, 0));
    assertThat(view.expectedBytes()).isEqualTo(ExpectedBytes.UNKNOWN);
    assertThat(view.fullCost()).isZero();
  }

  @Test
  void aRowOfBytesIsALineOfCsv() {
    assertThat(BytesRow.CSV_HEADER.split(",")).hasSize(8);
    assertThat(row("oslo").csv()).isEqualTo("oslo,2026-11,1,2,3,4,5,6");
    assertThat(row("").csv()).isEqualTo(",2026-11,1,2,3,4,5,6");
    assertThat(row("a,\"b").csv()).startsWith("\"a,\"\"b\",2026-11,");
  }

  private static BytesRow row(String key) {
    return new BytesRow(key, YearMonth.of(2026, 11), new Traffic(1, 2, 3, 4), new WireCount(5, 6));
  }

  private static FleetFit fit() {
    return FleetFit.of(
        Map.of(
            new DeviceId("edge-1"),
            new Fit.Unfit(List.of(new Misfit("hailort", ">=5.2.0", "5.1.1"))),
            new DeviceId("edge-2"),
            new Fit.Unknown(List.of(new Misfit("hailort", ">=5.2.0", "")))));
  }

  private static <T> void same(Codec<T> codec, T value) {
    assertThat(codec.parse(codec.bytes(value), MAX, "test")).isEqualTo(value);
  }

  private static TrustedKey key() {
    return new TrustedKey(TrustedKey.Algorithm.ED25519, Bytes.utf8("key"));
  }

  private static EnrolmentFile file() {
    var envelope =
        new Envelope(
            Envelope.TRUST,
            Bytes.utf8("{}"),
            List.of(new Envelope.Signature("", Bytes.utf8("sig"))));
    return new EnrolmentFile(
        URI.create("https://h.example:8443"), List.of("PEM"), envelope, new Secret("hte_x"));
  }

  private static DeviceView device() {
    var status =
        new SlotStatus(
            SlotStatus.State.TRIAL,
            Optional.of("c"),
            Optional.of(DIGEST),
            Optional.empty(),
            Optional.of(DIGEST),
            SlotStatus.Proof.OBSERVED,
            Optional.of(Code.GOLDEN),
            "detail",
            new Traffic(5, 4, 3, 2));
    return new DeviceView(
        new DeviceId("edge-1"),
        DIGEST,
        new Labels(Map.of("site", "oslo")),
        new Labels(Map.of("site", "bergen")),
        new Labels(Map.of("site", "oslo")),
        DeviceFacts.UNKNOWN,
        AT,
        Optional.of(AT),
        5,
        4,
        Map.of(
            NAME,
            new DeviceView.Slot(
                new Name("stable"), Optional.of(RELEASE), Optional.empty(), Optional.of(status))));
  }

  private static RolloutView rollout(RolloutView.Phase phase) {
    var member =
        new RolloutView.Member(
            new DeviceId("edge-1"),
            NAME,
            RolloutView.Member.State.FAILED,
            2,
            AT,
            AT,
            Duration.ofMillis(61_500),
            100,
            3,
            1,
            2,
            Optional.of(Code.NOT_READY),
            Optional.of(AT),
            new Traffic(1, 2, 3, 4),
            0);
    return new RolloutView(
        "r-1",
        NAME,
        NAME,
        NAME,
        RELEASE,
        Optional.of(ReleaseId.parse("inspection@1.2.2")),
        phase,
        List.of(new RolloutView.Stage(NAME, 2, Duration.ofHours(1))),
        OptionalLong.of(77),
        Optional.of(
            new CoverageView(
                NAME,
                2,
                2,
                6,
                0.67,
                "these 2 miss much",
                List.of(new CoverageView.Stratum("site", "oslo", 3, 1)),
                List.of("cam-7 sleeps until 06:00 UTC: cam-9 in its place"))),
        0,
        6,
        1,
        0,
        AT,
        AT,
        Optional.of(AT),
        Optional.of(new RolloutView.Abort("errors:limit", "bad", AT, Optional.of(AT))),
        Optional.empty(),
        new Traffic(5, 6, 7, 8),
        0,
        new ExpectedBytes(100, 20, 3, 2, true, "made"),
        90,
        List.of(new VerdictView("soak", VerdictView.Kind.HOLD, "why", OptionalDouble.empty())),
        List.of(member),
        Optional.of(new RolloutView.Undone("operator:ann", "a mistake", AT)));
  }

  private static RehearsalView rehearsal(Optional<RehearsalView.Previous> previous) {
    var freeze =
        new Restraint(
            Restraint.Kind.FREEZE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            AT,
            Optional.of(AT.plusSeconds(5)),
            "holidays");
    return new RehearsalView(
        "next-1",
        RELEASE,
        DIGEST,
        previous,
        7,
        AT,
        Duration.ofMinutes(1),
        Duration.ZERO,
        fit(),
        Limits.NONE,
        List.of(freeze),
        "refused");
  }

  private static RecordedDeviceView recorded(boolean all) {
    var past =
        new RecordedDeviceView.Past(
            9, 1, new LatencyHistogram(Map.of(3, 9L)), Duration.ofSeconds(90));
    var duty =
        new RecordedDeviceView.Duty(
            DailyWindow.parse("Mon-Fri 06:00-22:00"), ZoneId.of("Europe/Oslo"));
    return new RecordedDeviceView(
        new DeviceId("edge-1"),
        new Labels(Map.of("site", "oslo")),
        DeviceFacts.UNKNOWN,
        Optional.of(past).filter(_ -> all),
        Optional.of(duty).filter(_ -> all),
        Optional.of(AT).filter(_ -> all),
        5);
  }
}

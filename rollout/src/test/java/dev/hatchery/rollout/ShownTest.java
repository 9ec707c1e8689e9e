package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.rollout.Power.Trials;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What verdicts say of what they can tell, and of what more they need. */
final class ShownTest {
  private static final Mixture ONLY_STAGE = new Mixture(0, 1);
  private final Processes processes = new Processes();
  private final Power power = new Power(processes, ONLY_STAGE, 100, 0);

  private static Trials trials(long n, long k) {
    return new Trials(0.05, new Tally(n, k), new Tally(n, k));
  }

  private double e(List<Trials> devices, long more) {
    double[] logs =
        devices.stream()
            .mapToDouble(t -> processes.logE(t.p0(), t.all().plus(more, 0)))
            .map(log -> ONLY_STAGE.logE(log, log))
            .toArray();
    return Math.exp(EProcess.logMean(logs));
  }

  @Test
  void soManyGoodTrialsAndNotOneFewerBringTheEValueDown() {
    List<Trials> devices = List.of(trials(20, 4), trials(30, 3));
    assertThat(e(devices, 0)).isGreaterThan(2);
    long more = power.until(2, devices, 0).orElseThrow();
    assertThat(e(devices, more)).isLessThan(2);
    assertThat(e(devices, more - 1)).isGreaterThanOrEqualTo(2);
  }

  @Test
  void nothingMoreIsNeededBelowAndSilentDevicesPullTheMeanDown() {
    assertThat(power.until(2, List.of(trials(20, 0)), 0)).hasValue(0);
    List<Trials> one = List.of(trials(20, 4));
    long alone = power.until(2, one, 0).orElseThrow();
    assertThat(power.until(2, one, 4).orElseThrow()).isLessThan(alone).isPositive();
  }

  @Test
  void theWorstThatAreLeftOutNeedNothing() {
    List<Trials> devices = List.of(trials(20, 10), trials(20, 0));
    assertThat(power.until(2, devices, 0).orElseThrow()).isPositive();
    assertThat(new Power(processes, ONLY_STAGE, 100, 1).until(2, devices, 0)).hasValue(0);
  }

  @Test
  void itIsNotWorkedOutForAFleetOrForEver() {
    List<Trials> many = Collections.nCopies(Power.DEVICES_MAX, trials(20, 4));
    assertThat(power.until(2, many, 0)).isPresent();
    assertThat(power.until(2, many, 1)).isEmpty();
    assertThat(power.until(2, List.of(), 3)).isEmpty();
    assertThat(power.until(2, List.of(trials(900_000, 800_000)), 0)).isEmpty();
  }

  @Test
  void theSmallestShareThatTheTrialsShowIsTheOneThatBreaksTheLimit() {
    double from = power.shownFrom(0.05, 60).orElseThrow();
    long k = Math.round(from * 60);
    double at = processes.logE(0.05, new Tally(60, k));
    double below = processes.logE(0.05, new Tally(60, k - 1));
    assertThat(ONLY_STAGE.logE(at, at)).isGreaterThanOrEqualTo(Math.log(100));
    assertThat(ONLY_STAGE.logE(below, below)).isLessThan(Math.log(100));
    assertThat(power.shownFrom(0.05, 600).orElseThrow()).isLessThan(from).isGreaterThan(0.05);
  }

  @Test
  void tooFewTrialsShowNothing() {
    assertThat(power.shownFrom(0.05, 1)).isEmpty();
    assertThat(power.shownFrom(0.05, 0)).isEmpty();
    assertThat(power.shownFrom(0.05, 5)).isPresent();
  }

  @Test
  void aRateIsThatOfTheTrialsSeen() {
    assertThat(Power.seconds(40, 20, Duration.ofMinutes(20))).hasValue(2400);
    assertThat(Power.seconds(1, 3, Duration.ofSeconds(10))).hasValue(4);
    assertThat(Power.seconds(40, 0, Duration.ofMinutes(20))).isEmpty();
    assertThat(Power.seconds(40, 20, Duration.ZERO)).isEmpty();
  }

  @Test
  void wordsSayTrialsAndTime() {
    var shown = new Shown(power, List.of(trials(20, 4), trials(20, 0)), 2, Duration.ofMinutes(40));
    long more = power.until(2, shown.trials(), 0).orElseThrow();
    assertThat(shown.until(2))
        .isEqualTo(" (" + more + " good ones a device, about " + more + "m at the present rate)");
    assertThat(new Shown(power, List.of(trials(20, 4)), 1, Duration.ZERO).until(2))
        .matches(" \\(\\d+ good ones a device\\)");
    assertThat(shown.telling()).matches("; 20 trials a device show \\d+% bad and more");
    assertThat(new Shown(power, List.of(trials(1, 0)), 1, Duration.ZERO).telling())
        .isEqualTo("; 1 trial a device shows nothing yet");
    assertThat(new Shown(power, List.of(), 3, Duration.ZERO).telling()).isEmpty();
    assertThat(shown.sum()).isEqualTo(new Tally(40, 4));
  }

  @Test
  void estimatesAreRoundedUpAndLoseTheirSeconds() {
    assertThat(Words.about(0)).isEqualTo("about 1s");
    assertThat(Words.about(119)).isEqualTo("about 119s");
    assertThat(Words.about(120)).isEqualTo("about 2m");
    assertThat(Words.about(121)).isEqualTo("about 3m");
    assertThat(Words.needed(1, 4, "")).isEqualTo("4 needed (3 more devices)");
    assertThat(Words.needed(3, 4, "about 2m")).isEqualTo("4 needed (1 more device: about 2m)");
  }

  @Test
  void aVerdictThatWaitsSaysHowManyDevicesAndHowLong() {
    Scene scene = Scene.usual();
    scene.decide();
    Decision early = scene.hear(Scene.healthy(scene.proof(0))).decide();
    assertThat(Scene.verdict(early, "errors:limit").reason())
        .contains("on 1 of 2 devices, 2 needed (1 more device); ")
        .contains("100 trials a device show ");
    assertThat(Scene.verdict(early, "reporting").reason())
        .startsWith("1 of 2 devices prove that they run the target, 2 needed (1 more device)");
    scene.hear(scene.proof(1).window(Duration.ofSeconds(2), 20, 5, 0.01));
    Verdict doubtful = Scene.verdict(scene.decide(), "errors:limit");
    assertThat(doubtful.kind()).isIn(Kind.NO_DATA, Kind.HOLD);
    assertThat(doubtful.reason()).containsPattern("\\d+ good ones a device, about \\d+[sm] at the");
  }

  @Test
  void whoMustReportAndDoesNotGetsNoTime() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.hear(scene.proof(0).window(Duration.ofSeconds(2), 5, 0, 0.01));
    scene.hear(scene.failed(1, Code.NO_SPACE));
    assertThat(Scene.verdict(scene.decide(), "requests").reason())
        .isEqualTo("0 of 2 devices have answered 20 requests, 2 needed (2 more devices); fewest 5");
  }
}

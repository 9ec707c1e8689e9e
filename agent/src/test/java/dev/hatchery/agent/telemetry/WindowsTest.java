package dev.hatchery.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Name;
import dev.hatchery.core.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class WindowsTest {
  private static final Digest OLD = Digest.of(new byte[] {1});
  private static final Digest NEW = Digest.of(new byte[] {2});
  private static final Instant T0 = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  private final AtomicLong index = new AtomicLong();
  private final Windows windows = new Windows(new Name("vision"), "boot", index::getAndIncrement);

  private static Scrape scrape(Digest bundle, long requests, long errors, double started) {
    return new Scrape(
        OptionalLong.of(requests),
        OptionalLong.of(errors),
        OptionalLong.of(2 * requests),
        Map.of(0.01, requests - errors, Double.POSITIVE_INFINITY, requests - errors),
        Optional.of(bundle),
        OptionalDouble.of(started));
  }

  private Optional<Window> at(long second, Scrape scrape) {
    return windows.take(scrape, T0.plusSeconds(second), second * 1_000_000_000L, WARM_UP);
  }

  private static double startedAt(long second) {
    return T0.plusSeconds(second).getEpochSecond();
  }

  @Test
  void aWindowIsTheDifferenceOfTwoScrapes() {
    at(100, scrape(OLD, 1000, 10, startedAt(0)));
    Window window = at(160, scrape(OLD, 1500, 30, startedAt(0))).orElseThrow();

    assertThat(window.bundle()).isEqualTo(OLD);
    assertThat(window.index()).isZero();
    assertThat(window.start()).isEqualTo(T0.plusSeconds(100));
    assertThat(window.length()).isEqualTo(Duration.ofSeconds(60));
    assertThat(window.requests()).isEqualTo(500);
    assertThat(window.errors()).isEqualTo(20);
    assertThat(window.inputs()).isEqualTo(1000);
    assertThat(window.restarts()).isZero();
    assertThat(window.latency().total()).isEqualTo(480);
    assertThat(window.warm()).as("the service had long been up when the agent came").isTrue();
  }

  @Test
  void theFirstScrapeMakesNoWindow() {
    assertThat(at(100, scrape(OLD, 1000, 10, 0))).isEmpty();
  }

  @Test
  void aWindowNeverMixesTwoBundles() {
    at(100, scrape(OLD, 1000, 0, 1));
    assertThat(at(110, scrape(NEW, 1100, 0, 1))).isEmpty();
    Window window = at(120, scrape(NEW, 1150, 0, 1)).orElseThrow();

    assertThat(window.bundle()).isEqualTo(NEW);
    assertThat(window.requests()).isEqualTo(50);
    assertThat(window.warm()).as("within the warm-up after the switch").isFalse();
    assertThat(at(130, scrape(NEW, 1200, 0, 1)).orElseThrow().warm()).isTrue();
  }

  @Test
  void afterARestartTheCountersBeganAtZero() {
    at(100, scrape(OLD, 1000, 7, 1));
    Window window = at(110, scrape(OLD, 40, 1, 105)).orElseThrow();

    assertThat(window.requests()).isEqualTo(40);
    assertThat(window.errors()).isEqualTo(1);
    assertThat(window.restarts()).isEqualTo(1);
    assertThat(window.warm()).isFalse();
    assertThat(at(125, scrape(OLD, 60, 1, 105)).orElseThrow().warm()).isFalse();
    assertThat(at(135, scrape(OLD, 80, 1, 105)).orElseThrow().warm()).isTrue();
  }

  @Test
  void aFallenCounterIsARestartWhereNoStartTimeIsTold() {
    Scrape before =
        new Scrape(
            OptionalLong.of(100),
            OptionalLong.of(0),
            OptionalLong.empty(),
            Map.of(),
            Optional.of(OLD),
            OptionalDouble.empty());
    Scrape after =
        new Scrape(
            OptionalLong.of(5),
            OptionalLong.of(0),
            OptionalLong.empty(),
            Map.of(),
            Optional.of(OLD),
            OptionalDouble.empty());
    at(100, before);

    assertThat(at(110, after).orElseThrow().restarts()).isEqualTo(1);
  }

  @Test
  void withoutRequestsOrErrorsThereIsNoWindow() {
    Scrape silent =
        new Scrape(
            OptionalLong.of(100),
            OptionalLong.empty(),
            OptionalLong.of(5),
            Map.of(),
            Optional.of(OLD),
            OptionalDouble.of(1));
    at(100, silent);

    assertThat(at(110, silent)).isEmpty();
  }

  @Test
  void anErrorOfARequestOfTheWindowBeforeDoesNotBreakTheCounts() {
    at(100, scrape(OLD, 1000, 0, 1));
    Window window = at(110, scrape(OLD, 1000, 1, 1)).orElseThrow();

    assertThat(window.errors()).isEqualTo(1);
    assertThat(window.requests()).isEqualTo(1);
  }

  @Test
  void ourOwnBucketsAreKeptAndForeignOnesCountAsSlowAsTheirBound() {
    Map<Double, Long> ours = new TreeMap<>();
    for (int i = 0; i < LatencyHistogram.BUCKETS; i++) {
      ours.put(LatencyHistogram.bound(i), (long) i + 1);
    }
    Map<Double, Long> foreign = Map.of(0.1, 4L, 0.25, 10L, Double.POSITIVE_INFINITY, 11L);

    assertThat(latency(ours).counts()).hasSize(LatencyHistogram.BUCKETS).containsEntry(0, 1L);
    LatencyHistogram mapped = latency(foreign);
    assertThat(mapped.quantile(0.36)).isGreaterThanOrEqualTo(0.1).isLessThan(0.11);
    assertThat(mapped.quantile(0.9)).isGreaterThanOrEqualTo(0.25).isLessThan(0.276);
    assertThat(mapped.quantile(1)).isInfinite();
  }

  private LatencyHistogram latency(Map<Double, Long> buckets) {
    Windows fresh = new Windows(new Name("vision"), "boot", index::getAndIncrement);
    Scrape zero =
        new Scrape(
            OptionalLong.of(0),
            OptionalLong.of(0),
            OptionalLong.of(0),
            Map.of(),
            Optional.of(OLD),
            OptionalDouble.of(1));
    Scrape full =
        new Scrape(
            OptionalLong.of(1000),
            OptionalLong.of(0),
            OptionalLong.of(0),
            buckets,
            Optional.of(OLD),
            OptionalDouble.of(1));
    fresh.take(zero, T0, 1_000_000_000L, WARM_UP);
    return fresh.take(full, T0.plusSeconds(1), 2_000_000_000L, WARM_UP).orElseThrow().latency();
  }

  @Test
  void theSampleIsOneOfTheRequestsAndDrawnTheSameForWhoeverAsksAgain() {
    at(100, scrape(OLD, 0, 0, 1));
    Window window = at(110, scrape(OLD, 50, 0, 1)).orElseThrow();

    assertThat(window.latency().counts()).containsKey(window.sample().orElseThrow());
    AtomicLong same = new AtomicLong();
    Windows again = new Windows(new Name("vision"), "boot", same::getAndIncrement);
    again.take(scrape(OLD, 0, 0, 1), T0, 1, WARM_UP);
    assertThat(again.take(scrape(OLD, 50, 0, 1), T0, 2, WARM_UP).orElseThrow().sample())
        .isEqualTo(window.sample());
  }

  @Test
  void theSampleIsFair() {
    Map<Integer, Integer> drawn = new TreeMap<>();
    long requests = 0;
    at(0, scrape(OLD, 0, 0, 1));
    for (int i = 1; i <= 2000; i++) {
      requests += 10;
      Map<Double, Long> buckets =
          Map.of(0.001, i * 3L, 0.1, i * 10L, Double.POSITIVE_INFINITY, i * 10L);
      Scrape scrape =
          new Scrape(
              OptionalLong.of(requests),
              OptionalLong.of(0),
              OptionalLong.of(0),
              buckets,
              Optional.of(OLD),
              OptionalDouble.of(1));
      int bucket = at(i, scrape).orElseThrow().sample().orElseThrow();
      drawn.merge(bucket, 1, Integer::sum);
    }

    assertThat(drawn).hasSize(2);
    // 3 of 10 are fast; 2000 draws have a standard deviation of 20.
    assertThat(drawn.get(LatencyHistogram.bucketOf(0.001))).isBetween(520, 680);
  }

  @Test
  void aRestartIsCountedOnceHoweverItShows() {
    RestartWatch watch = new RestartWatch();

    assertThat(watch.answered(OptionalDouble.of(1))).as("the first look").isFalse();
    assertThat(watch.answered(OptionalDouble.of(1))).isFalse();
    watch.missed();
    assertThat(watch.answered(OptionalDouble.of(1))).as("away, but the same").isFalse();
    watch.missed();
    watch.missed();
    assertThat(watch.answered(OptionalDouble.of(2))).isTrue();
    assertThat(watch.answered(OptionalDouble.of(2))).isFalse();
    assertThat(watch.answered(OptionalDouble.of(3))).as("too quick to be missed").isTrue();
    watch.expected();
    assertThat(watch.answered(OptionalDouble.of(4))).as("the agent's own start").isFalse();
  }

  @Test
  void withoutAStartTimeComingBackIsARestart() {
    RestartWatch watch = new RestartWatch();
    watch.answered(OptionalDouble.empty());
    watch.missed();

    assertThat(watch.answered(OptionalDouble.empty())).isTrue();
    assertThat(watch.answered(OptionalDouble.empty())).isFalse();
  }

  @Test
  void aServiceThatLeavesItsInputsLyingHasStalled() {
    StallWatch watch = new StallWatch();
    Duration patience = Duration.ofSeconds(15);
    assertThat(watch.stalled(counts(10, 10), seconds(0), patience)).isFalse();
    assertThat(watch.stalled(counts(10, 10), seconds(60), patience)).as("no inputs").isFalse();
    assertThat(watch.stalled(counts(10, 20), seconds(70), patience)).isFalse();
    assertThat(watch.stalled(counts(10, 30), seconds(74), patience)).isFalse();
    assertThat(watch.stalled(counts(10, 40), seconds(75), patience)).isTrue();
    assertThat(watch.stalled(counts(11, 50), seconds(76), patience)).isFalse();
  }

  private static Scrape counts(long requests, long inputs) {
    return new Scrape(
        OptionalLong.of(requests),
        OptionalLong.of(0),
        OptionalLong.of(inputs),
        Map.of(),
        Optional.empty(),
        OptionalDouble.empty());
  }

  private static long seconds(long s) {
    return s * 1_000_000_000L;
  }
}

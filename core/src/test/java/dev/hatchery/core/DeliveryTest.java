package dev.hatchery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeliveryTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  @Test
  void trafficAddsUpBySource() {
    Traffic traffic =
        new Traffic(1, 2, 3, 4).plus(Traffic.Source.DELTA, 10).plus(new Traffic(5, 0, 0, 6));

    assertThat(traffic).isEqualTo(new Traffic(6, 12, 3, 10));
    assertThat(traffic.uplink()).isEqualTo(18);
    assertThat(traffic.total()).isEqualTo(21);
    for (Traffic.Source source : Traffic.Source.values()) {
      boolean resumed = source == Traffic.Source.RESUMED;
      assertThat(Traffic.of(source, 7).total()).isEqualTo(resumed ? 0 : 7);
      assertThat(Traffic.NONE.plus(source, 7)).isEqualTo(Traffic.of(source, 7));
    }
  }

  @Test
  void trafficNeverRunsOverAndIsNeverNegative() {
    Traffic most = new Traffic(Long.MAX_VALUE, Long.MAX_VALUE, 1, Long.MAX_VALUE);

    assertThat(most.plus(most)).isEqualTo(new Traffic(most.full(), most.full(), 2, most.full()));
    assertThat(most.uplink()).isEqualTo(Long.MAX_VALUE);
    assertThat(most.total()).isEqualTo(Long.MAX_VALUE);
    for (Traffic.Source source : Traffic.Source.values()) {
      assertThatThrownBy(() -> Traffic.of(source, -1)).isInstanceOf(Refusal.class);
    }
    assertThatThrownBy(() -> new WireCount(0, -1)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new WireCount(-1, 0)).isInstanceOf(Refusal.class);
  }

  @Test
  void aReleaseIsNotActivatedBeforeItIsStaged() {
    assertThatThrownBy(() -> delivery(Optional.empty(), NOON, NOON.minusNanos(1)))
        .hasMessageContaining("activated before it is staged");
    assertThat(delivery(Optional.empty(), NOON, NOON).activateFrom()).contains(NOON);
  }

  @Test
  void aRateThatNeverEndsADownloadIsRefused() {
    assertThatThrownBy(() -> delivery(Optional.of(new DataSize(1023)), NOON, NOON))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.BAD_SPEC));
    assertThat(delivery(Optional.of(DataSize.kib(1)), NOON, NOON).rate()).isPresent();
  }

  private static Delivery delivery(Optional<DataSize> rate, Instant stage, Instant activate) {
    return new Delivery(
        Delivery.DeltaUse.PREFER,
        true,
        false,
        rate,
        Optional.of(stage),
        Optional.of(activate),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void aRollbackWaitsForNothing() {
    Delivery later = delivery(Optional.empty(), NOON, NOON);

    assertThatThrownBy(() -> order(Order.Reason.ROLLBACK, later))
        .hasMessageContaining("a rollback waits for nothing");
    assertThat(order(Order.Reason.ROLLBACK, Delivery.DEFAULT).delivery())
        .isEqualTo(Delivery.DEFAULT);
    assertThat(order(Order.Reason.CHANNEL, later).delivery()).isEqualTo(later);
  }

  private static Order order(Order.Reason reason, Delivery delivery) {
    return new Order(
        "c",
        ReleaseId.parse("inspection@1.0.0"),
        Digest.of(new byte[] {1}),
        900,
        List.of(),
        reason,
        Order.Trial.DEFAULT,
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        delivery);
  }

  @Test
  void aSiteThatIsNotNamedHasTheLimitsOfTheOthers() {
    Limits.Site oslo = site(OptionalInt.of(1), Optional.empty(), 15);
    Limits.Site others = site(OptionalInt.of(3), Optional.of(DataSize.mib(1)), 1);
    Limits limits = new Limits(Limits.Server.NONE, Map.of("oslo", oslo), others, Optional.empty());

    assertThat(limits.site("oslo")).isEqualTo(oslo);
    assertThat(limits.site("bergen")).isEqualTo(others);
    assertThat(Limits.NONE.site("oslo")).isEqualTo(Limits.Site.NONE);
  }

  @Test
  void limitsThatCannotBeMeantAreRefused() {
    OptionalInt none = OptionalInt.empty();
    for (int n : List.of(0, -1, Limits.MAX_DOWNLOADS + 1)) {
      assertThatThrownBy(() -> site(OptionalInt.of(n), Optional.empty(), 1))
          .isInstanceOf(Refusal.class);
      assertThatThrownBy(() -> new Limits.Server(OptionalInt.of(n), Optional.empty()))
          .isInstanceOf(Refusal.class);
    }
    for (int day : List.of(0, 29)) {
      assertThatThrownBy(() -> site(none, Optional.empty(), day)).isInstanceOf(Refusal.class);
    }
    Optional<DataSize> slow = Optional.of(new DataSize(10));
    assertThatThrownBy(() -> site(none, slow, 1)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new Limits.Server(none, slow)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> limits("oslo", slow)).isInstanceOf(Refusal.class);
    for (String name : List.of("", "oslo bergen", "-x")) {
      assertThatThrownBy(() -> limits(name, Optional.empty())).isInstanceOf(Refusal.class);
    }
  }

  private static Limits limits(String site, Optional<DataSize> deviceRate) {
    return new Limits(
        Limits.Server.NONE, Map.of(site, Limits.Site.NONE), Limits.Site.NONE, deviceRate);
  }

  private static Limits.Site site(OptionalInt downloads, Optional<DataSize> rate, int day) {
    return new Limits.Site(downloads, rate, Optional.empty(), Optional.empty(), day);
  }

  @Test
  void aDevicesZoneIsAmongItsLabels() {
    for (String zone : List.of("Europe/Oslo", "America/Argentina/Buenos_Aires", "Etc/GMT+1")) {
      assertThat(new Labels(Map.of("zone", zone)).zone()).isEqualTo(ZoneId.of(zone));
      Selector selector = Selector.parse("zone=" + zone);
      assertThat(selector.matches(new Labels(Map.of("zone", zone)))).isTrue();
    }
    assertThat(Labels.NONE.zone()).isEqualTo(ZoneId.of("UTC"));
    assertThatThrownBy(() -> new Labels(Map.of("zone", "Europe/Atlantis")).zone())
        .hasMessageContaining("Europe/Atlantis");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "yes", "", "1"})
  void whatIsNotPlainlyFalseIsMetered(String value) {
    assertThat(new Labels(Map.of("metered", value)).metered()).isTrue();
    assertThat(new Labels(Map.of("metered", "false")).metered()).isFalse();
    assertThat(Labels.NONE.metered()).isFalse();
  }
}

package dev.hatchery.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Delivery.DeltaUse;
import dev.hatchery.core.Labels;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Optional<DailyWindow> NIGHT = Optional.of(DailyWindow.parse("22:00-05:00"));
  private static final Place OSLO =
      new Place(new Labels(Map.of("zone", "Europe/Oslo")), Optional.empty());

  private static Delivery delivery(
      boolean unmetered,
      Optional<Instant> stage,
      Optional<Instant> activate,
      Optional<DailyWindow> stageWindow,
      Optional<DailyWindow> activateWindow) {
    return new Delivery(
        DeltaUse.PREFER,
        true,
        unmetered,
        Optional.empty(),
        stage,
        activate,
        stageWindow,
        activateWindow);
  }

  private static Delivery nightly() {
    return delivery(false, Optional.empty(), Optional.empty(), NIGHT, Optional.empty());
  }

  @Test
  void withoutTermsNothingWaits() {
    var schedule = new Schedule(Delivery.DEFAULT, Place.UNKNOWN, true);

    assertThat(schedule.staging(NOON)).isEmpty();
    assertThat(schedule.activation(NOON)).isEmpty();
  }

  @Test
  void aWindowIsReadInTheDevicesOwnZone() {
    var schedule = new Schedule(nightly(), OSLO, true);

    assertThat(schedule.staging(NOON))
        .hasValueSatisfying(
            hold -> {
              assertThat(hold.until()).contains(Instant.parse("2026-11-20T21:00:00Z"));
              assertThat(hold.why()).contains("22:00-05:00 Europe/Oslo", "2026-11-20T21:00:00Z");
            });
    assertThat(schedule.staging(Instant.parse("2026-11-20T21:00:00Z"))).isEmpty();
    assertThat(schedule.staging(Instant.parse("2026-11-21T03:59:59Z"))).isEmpty();
    assertThat(schedule.staging(Instant.parse("2026-11-21T04:00:00Z"))).isPresent();
    assertThat(schedule.activation(NOON)).as("only staging has a window").isEmpty();
  }

  @Test
  void theAgentsZoneGoesBeforeTheLabel() {
    Place tokyo = new Place(OSLO.labels(), Optional.of(ZoneId.of("Asia/Tokyo")));

    assertThat(new Schedule(nightly(), tokyo, true).staging(NOON).orElseThrow().until())
        .contains(Instant.parse("2026-11-20T13:00:00Z"));
  }

  @Test
  void withoutAZoneItIsUtc() {
    assertThat(new Schedule(nightly(), Place.UNKNOWN, true).staging(NOON).orElseThrow().until())
        .contains(Instant.parse("2026-11-20T22:00:00Z"));
  }

  @Test
  void aLabelThatIsNoZoneHoldsInsteadOfGuessing() {
    Place nowhere = new Place(new Labels(Map.of("zone", "Middle/Earth")), Optional.empty());

    assertThat(new Schedule(nightly(), nowhere, true).staging(NOON).orElseThrow().why())
        .contains("not a time zone");
    assertThat(new Schedule(Delivery.DEFAULT, nowhere, true).staging(NOON)).isEmpty();
  }

  @Test
  void aClockThatIsNotKnownToBeRightKeepsAWindowShut() {
    Instant night = Instant.parse("2026-11-20T23:00:00Z");
    var unsure = new Schedule(nightly(), OSLO, false);

    assertThat(unsure.staging(night).orElseThrow().why()).contains("clock does not agree");
    assertThat(unsure.staging(night).orElseThrow().until()).contains(night.plusSeconds(5));
    assertThat(unsure.activation(night)).as("no window, no matter").isEmpty();
    assertThat(new Schedule(nightly(), OSLO, true).staging(night)).isEmpty();
  }

  @Test
  void stagingAndActivatingHaveTheirOwnTimes() {
    Instant later = NOON.plusSeconds(60);
    Instant muchLater = NOON.plusSeconds(600);
    var schedule =
        new Schedule(
            delivery(false, Optional.of(later), Optional.of(muchLater), Optional.empty(), NIGHT),
            OSLO,
            true);

    assertThat(schedule.staging(NOON).orElseThrow().until()).contains(later);
    assertThat(schedule.staging(later)).isEmpty();
    assertThat(schedule.activation(later).orElseThrow().until()).contains(muchLater);
    assertThat(schedule.activation(muchLater).orElseThrow().until())
        .as("then its window")
        .contains(Instant.parse("2026-11-20T21:00:00Z"));
    assertThat(schedule.activation(Instant.parse("2026-11-20T21:00:00Z"))).isEmpty();
  }

  @Test
  void aMeteredLinkHoldsWhatMayComeOnUnmeteredOnesOnly() {
    Delivery unmetered =
        delivery(true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    assertThat(schedule(unmetered, "true").staging(NOON).orElseThrow().why()).contains("metered");
    assertThat(schedule(unmetered, "perhaps").staging(NOON)).isPresent();
    assertThat(schedule(unmetered, "false").staging(NOON)).isEmpty();
    assertThat(schedule(unmetered, "true").activation(NOON)).isEmpty();
    assertThat(schedule(Delivery.DEFAULT, "true").staging(NOON)).isEmpty();
  }

  private static Schedule schedule(Delivery delivery, String metered) {
    return new Schedule(
        delivery, new Place(new Labels(Map.of("metered", metered)), Optional.empty()), true);
  }
}

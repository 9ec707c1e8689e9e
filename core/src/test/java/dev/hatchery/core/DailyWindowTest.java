package dev.hatchery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DailyWindowTest {
  private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");

  // 2026-11-20 is a Friday.
  @ParameterizedTest
  @CsvSource({
    "22:00-05:00, 2026-11-20T22:00, true",
    "22:00-05:00, 2026-11-20T04:59:59.999, true",
    "22:00-05:00, 2026-11-20T05:00, false",
    "22:00-05:00, 2026-11-20T21:59:59, false",
    "01:00-05:00, 2026-11-20T00:59, false",
    "01:00-05:00, 2026-11-20T01:00, true",
    "01:00-05:00, 2026-11-20T05:00, false",
    "Fri 22:00-05:00, 2026-11-21T04:00, true",
    "Fri 22:00-05:00, 2026-11-20T04:00, false",
    "Mon-Fri 22:00-05:00, 2026-11-22T23:00, false",
    "'Sat,Sun 00:00-23:59', 2026-11-22T23:58, true",
    "'Sat,Sun 00:00-23:59', 2026-11-20T12:00, false",
    "22:00-00:00, 2026-11-20T23:59, true",
    "22:00-00:00, 2026-11-21T00:00, false"
  })
  void aWindowBelongsToTheDayItBeginsOn(String window, String local, boolean open) {
    var at = java.time.LocalDateTime.parse(local).atZone(OSLO);

    assertThat(DailyWindow.parse(window).open(at)).isEqualTo(open);
  }

  @ParameterizedTest
  @CsvSource({
    "22:00-05:00, 2026-11-20T12:00, 2026-11-20T22:00",
    "22:00-05:00, 2026-11-20T23:00, 2026-11-20T23:00",
    "Mon 22:00-05:00, 2026-11-20T23:00, 2026-11-23T22:00",
    "Fri 01:00-02:00, 2026-11-20T02:00, 2026-11-27T01:00"
  })
  void itSaysWhenItOpensNext(String window, String from, String opens) {
    var at = java.time.LocalDateTime.parse(from).atZone(OSLO);

    assertThat(DailyWindow.parse(window).opensAfter(at))
        .isEqualTo(java.time.LocalDateTime.parse(opens).atZone(OSLO));
  }

  // On 2026-03-29 Oslo goes from 02:00 (+01:00) to 03:00 (+02:00).
  @Test
  void aBoundThatDoesNotExistIsTheFirstInstantAfterTheGap() {
    DailyWindow begins = DailyWindow.parse("02:30-05:00");
    assertThat(begins.opensAfter(oslo("2026-03-29T00:30:00Z")))
        .isEqualTo(oslo("2026-03-29T01:00:00Z"));
    DailyWindow ends = DailyWindow.parse("22:00-02:30");
    assertThat(ends.open(oslo("2026-03-29T00:59:59Z"))).isTrue();
    assertThat(ends.open(oslo("2026-03-29T01:00:00Z"))).isFalse();
  }

  @Test
  void aWindowThatLiesInTheGapDoesNotOpenThatDay() {
    DailyWindow window = DailyWindow.parse("02:15-02:45");

    assertThat(window.opensAfter(oslo("2026-03-28T12:00:00Z")))
        .isEqualTo(oslo("2026-03-30T00:15:00Z"));
    assertThat(window.open(oslo("2026-03-29T01:00:00Z"))).isFalse();
    assertThat(DailyWindow.parse("Sun 02:15-02:45").opensAfter(oslo("2026-03-29T00:00:00Z")))
        .isEqualTo(oslo("2026-04-05T00:15:00Z"));
  }

  // On 2026-10-25 Oslo goes from 03:00 (+02:00) back to 02:00 (+01:00).
  @Test
  void whereClocksGoBackTheFirstOccurrenceOfABoundCounts() {
    DailyWindow shortOne = DailyWindow.parse("02:15-02:45");
    assertThat(shortOne.open(oslo("2026-10-25T00:15:00Z"))).isTrue();
    assertThat(shortOne.open(oslo("2026-10-25T00:45:00Z"))).isFalse();
    // The second quarter past two is no second night.
    assertThat(shortOne.open(oslo("2026-10-25T01:15:00Z"))).isFalse();
    assertThat(shortOne.opensAfter(oslo("2026-10-25T00:50:00Z")))
        .isEqualTo(oslo("2026-10-26T01:15:00Z"));
    DailyWindow ends = DailyWindow.parse("22:00-02:30");
    assertThat(ends.open(oslo("2026-10-25T00:29:59Z"))).isTrue();
    assertThat(ends.open(oslo("2026-10-25T00:30:00Z"))).isFalse();
    DailyWindow begins = DailyWindow.parse("02:30-05:00");
    assertThat(begins.open(oslo("2026-10-25T00:30:00Z"))).isTrue();
    // Once open it stays open while the clocks show the hour again.
    assertThat(begins.open(oslo("2026-10-25T01:10:00Z"))).isTrue();
  }

  // Samoa had no 2011-12-30: the 29th ended where the 31st began.
  @Test
  void aDayThatWasSkippedHasNoWindow() {
    ZoneId apia = ZoneId.of("Pacific/Apia");
    DailyWindow friday = DailyWindow.parse("Fri 08:00-10:00");

    assertThat(friday.opensAfter(ZonedDateTime.of(2011, 12, 29, 12, 0, 0, 0, apia)))
        .isEqualTo(ZonedDateTime.of(2012, 1, 6, 8, 0, 0, 0, apia));
    DailyWindow night = DailyWindow.parse("Thu 22:00-05:00");
    assertThat(night.open(ZonedDateTime.of(2011, 12, 29, 23, 59, 0, 0, apia))).isTrue();
    assertThat(night.open(ZonedDateTime.of(2011, 12, 31, 0, 1, 0, 0, apia))).isFalse();
  }

  /** Against a walk through every half minute, over both changes of the clocks. */
  @Test
  void whatOpensNextIsOpenAndNothingBeforeItIs() {
    Random random = new Random(5);
    for (int i = 0; i < 400; i++) {
      DailyWindow window = window(random);
      Instant from = Instant.parse(i % 2 == 0 ? "2026-03-27T12:00:00Z" : "2026-10-23T12:00:00Z");
      ZonedDateTime at = from.plusSeconds(random.nextInt(48 * 3600)).atZone(OSLO);
      ZonedDateTime opens = window.opensAfter(at);

      assertThat(window.open(opens)).as("%s from %s", window, at).isTrue();
      for (ZonedDateTime t = at; t.isBefore(opens); t = t.plus(Duration.ofSeconds(30))) {
        if (window.open(t)) throw new AssertionError(window + " is open at " + t);
      }
      if (opens.isAfter(at)) assertThat(window.open(opens.minusNanos(1))).isFalse();
      assertThat(DailyWindow.parse(window.toString())).isEqualTo(window);
    }
  }

  private static DailyWindow window(Random random) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    while (days.isEmpty()) {
      for (DayOfWeek day : DayOfWeek.values()) if (random.nextInt(4) > 0) days.add(day);
    }
    LocalTime from = LocalTime.MIDNIGHT.plusMinutes(random.nextInt(16) * 15L);
    return new DailyWindow(from, from.plusMinutes(15 + random.nextInt(1425)), days);
  }

  @ParameterizedTest
  @CsvSource({
    "22:00-05:00, 22:00-05:00",
    "'Sat,Sun 00:00-23:59', 'Sat,Sun 00:00-23:59'",
    "'Mon,Tue,Wed 01:00-02:00', Mon-Wed 01:00-02:00",
    "Sat-Mon 01:00 - 02:00, 'Mon,Sat,Sun 01:00-02:00'",
    "Mon-Sun 01:00-02:00, 01:00-02:00"
  })
  void itIsWrittenInOneForm(String text, String form) {
    assertThat(DailyWindow.parse(text)).hasToString(form);
    assertThat(DailyWindow.parse(form)).isEqualTo(DailyWindow.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "22:00",
        "22:00-22:00",
        "24:00-05:00",
        "22:00-05:60",
        "9:00-10:00",
        "mon 22:00-05:00",
        "Mon- 22:00-05:00",
        "Mon-Wed-Fri 22:00-05:00",
        "Mon,,Tue 22:00-05:00",
        "22:00:30-05:00"
      })
  void whatIsNoWindowIsRefused(String text) {
    assertThatThrownBy(() -> DailyWindow.parse(text))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.BAD_SPEC));
  }

  @Test
  void aWindowNeedsADayAndWholeMinutes() {
    LocalTime one = LocalTime.of(1, 0);
    assertThatThrownBy(() -> new DailyWindow(one, LocalTime.of(2, 0), Set.of()))
        .isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new DailyWindow(one, LocalTime.of(2, 0, 1)))
        .isInstanceOf(Refusal.class);
  }

  private static ZonedDateTime oslo(String instant) {
    return Instant.parse(instant).atZone(OSLO);
  }
}

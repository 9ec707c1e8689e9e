package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.rollout.Habit.Trial;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What is learned of a device's nights, and what is not. */
final class HabitTest {
  private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");
  private static final LocalDate MONDAY = LocalDate.of(2026, 3, 2);

  private static Instant at(LocalDate day, int hour, int minute) {
    return day.atTime(hour, minute).atZone(OSLO).toInstant();
  }

  /** The server missed nothing. */
  private static Heard always(Instant now) {
    return Heard.NEVER.during(now.minus(Duration.ofDays(20)), now);
  }

  /** Heard of in every quarter from one moment to before another in which it is awake. */
  private static Heard heard(Instant from, Instant until, Predicate<ZonedDateTime> awake) {
    Heard heard = Heard.NEVER;
    for (Instant t = from; t.isBefore(until); t = t.plus(Heard.SLOT)) {
      if (awake.test(t.atZone(OSLO))) heard = heard.during(t, t);
    }
    return heard;
  }

  private static Predicate<ZonedDateTime> between(String from, String to) {
    LocalTime wakes = LocalTime.parse(from);
    LocalTime sleeps = LocalTime.parse(to);
    return t -> !t.toLocalTime().isBefore(wakes) && t.toLocalTime().isBefore(sleeps);
  }

  /** From the first Monday on, for so many days, at noon of the next. */
  private static Optional<Habit> after(int days, Predicate<ZonedDateTime> awake) {
    Instant now = at(MONDAY.plusDays(days), 12, 0);
    return Habit.of(heard(at(MONDAY, 12, 0), now, awake), always(now), List.of(), OSLO, now);
  }

  @Test
  void nightsAreLearnedWithAQuarterOnEitherSide() {
    Habit habit = after(9, between("06:00", "22:00")).orElseThrow();
    assertThat(habit.toString()).isEqualTo("sleeps 21:45-06:15 Europe/Oslo, learned from 9 days");
    assertThat(habit.duty().asleep(at(MONDAY, 21, 45))).isTrue();
    assertThat(habit.duty().asleep(at(MONDAY, 6, 14))).isTrue();
    assertThat(habit.duty().asleep(at(MONDAY, 6, 15))).isFalse();
    assertThat(habit.duty().asleep(at(MONDAY, 21, 44))).isFalse();
  }

  @Test
  void fiveDaysAreEnoughAndFourAreNot() {
    assertThat(after(5, between("06:00", "22:00"))).isPresent();
    assertThat(after(4, between("06:00", "22:00"))).isEmpty();
  }

  @Test
  void anHourIsEnoughAndThreeQuartersAreNot() {
    assertThat(after(7, between("13:00", "23:59").or(between("00:00", "12:00"))))
        .map(Habit::toString)
        .contains("sleeps 11:45-13:15 Europe/Oslo, learned from 6 days");
    assertThat(after(7, between("12:45", "23:59").or(between("00:00", "12:00")))).isEmpty();
  }

  @Test
  void anHourOnEitherSideOfOneThatIsLightIsTwoRuns() {
    var light =
        between("03:00", "03:15").or(between("04:00", "23:59")).or(between("00:00", "02:15"));
    assertThat(after(7, light)).isEmpty();
  }

  @Test
  void theLongestRunIsTheNight() {
    var awake = between("06:00", "12:00").or(between("14:00", "22:00"));
    assertThat(after(7, awake).orElseThrow().toString()).startsWith("sleeps 21:45-06:15");
  }

  @Test
  void oneNightOfTenMayBeOtherwiseAndTwoMayNot() {
    Predicate<ZonedDateTime> usual = between("06:00", "22:00");
    LocalDate odd = MONDAY.plusDays(4);
    assertThat(after(10, usual.or(t -> t.toLocalDate().equals(odd)))).isPresent();
    LocalDate other = MONDAY.plusDays(7);
    assertThat(
            after(
                10,
                usual.or(t -> t.toLocalDate().equals(odd)).or(t -> t.toLocalDate().equals(other))))
        .isEmpty();
  }

  @Test
  void nobodySleepsMoreThanTwentyHours() {
    Habit habit = after(9, between("10:00", "14:30")).orElseThrow();
    assertThat(habit.toString()).startsWith("sleeps 14:15-10:15");
    assertThat(after(9, between("10:00", "14:15"))).isEmpty();
  }

  @Test
  void whoIsAlwaysHeardOrHardlyEverHasNoHabit() {
    assertThat(after(9, t -> true)).isEmpty();
    assertThat(after(9, t -> false)).isEmpty();
    assertThat(after(9, t -> t.getHour() == 10)).isEmpty();
    assertThat(Habit.of(Heard.NEVER, always(at(MONDAY, 0, 0)), List.of(), OSLO, at(MONDAY, 0, 0)))
        .isEmpty();
  }

  @Test
  void beingOffForAWeekIsNoHabit() {
    var off =
        (Predicate<ZonedDateTime>)
            t ->
                t.toLocalDate().isBefore(MONDAY.plusDays(3))
                    || t.toLocalDate().isAfter(MONDAY.plusDays(9));
    assertThat(after(13, off)).isEmpty();
    // Nor one that is over: nights of long ago do not make up for days without any.
    assertThat(after(13, off.and(between("06:00", "22:00"))))
        .get()
        .extracting(Habit::days)
        .isEqualTo(6);
  }

  @Test
  void whatTheServerMissedTeachesNothing() {
    Instant now = at(MONDAY.plusDays(9), 12, 0);
    Heard device = heard(at(MONDAY, 12, 0), now, between("06:00", "22:00"));
    Heard deaf = heard(at(MONDAY, 12, 0), now, between("03:00", "21:00"));
    assertThat(Habit.of(device, deaf, List.of(), OSLO, now).orElseThrow().toString())
        .as("dark while it listened")
        .startsWith("sleeps 02:45-06:15");
    assertThat(Habit.of(device, Heard.NEVER, List.of(), OSLO, now)).isEmpty();
  }

  @Test
  void theSilenceUnderARolloutTeachesNothing() {
    Instant now = at(MONDAY.plusDays(9), 12, 0);
    Heard device = heard(at(MONDAY, 12, 0), now, between("06:00", "22:00"));
    Trial all = new Trial(at(MONDAY, 0, 0), now);
    assertThat(Habit.of(device, always(now), List.of(all), OSLO, now)).isEmpty();
    Trial half = new Trial(at(MONDAY.plusDays(4), 15, 0), now);
    assertThat(Habit.of(device, always(now), List.of(half), OSLO, now)).as("four nights").isEmpty();
    Trial less = new Trial(at(MONDAY.plusDays(5), 15, 0), now);
    assertThat(Habit.of(device, always(now), List.of(less), OSLO, now))
        .as("five nights")
        .isPresent();
  }

  // A quarter that a trial only touches is no quarter without one.
  @Test
  void aTrialTakesEveryQuarterThatItTouches() {
    Instant now = at(MONDAY.plusDays(5), 12, 0);
    Heard device = heard(at(MONDAY, 12, 0), now, between("06:00", "22:00"));
    Instant evening = at(MONDAY.plusDays(2), 22, 0);
    assertThat(sleeps(device, new Trial(evening.minusSeconds(60), evening), now))
        .startsWith("21:45");
    assertThat(sleeps(device, new Trial(evening, evening.plusSeconds(1)), now)).startsWith("22:00");
    Instant morning = at(MONDAY.plusDays(2), 6, 0);
    assertThat(sleeps(device, new Trial(morning, morning.plusSeconds(1)), now)).endsWith("06:15");
    assertThat(sleeps(device, new Trial(morning.minusSeconds(1), morning), now)).endsWith("06:00");
  }

  private static String sleeps(Heard device, Trial trial, Instant now) {
    Duty duty = Habit.of(device, always(now), List.of(trial), OSLO, now).orElseThrow().duty();
    return duty.awake().to() + "-" + duty.awake().from();
  }

  @Test
  void theQuarterThatRunsIsNotOverYet() {
    Instant now = at(MONDAY.plusDays(5), 22, 14);
    Heard device = heard(at(MONDAY, 12, 0), now, between("06:00", "22:00"));
    assertThat(Habit.of(device, always(now), List.of(), OSLO, now).orElseThrow().duty())
        .isEqualTo(
            Habit.of(device, always(now), List.of(), OSLO, now.minusSeconds(600))
                .orElseThrow()
                .duty());
    assertThat(sleeps(device, new Trial(now, now), at(MONDAY.plusDays(5), 22, 15)))
        .startsWith("21:45");
  }

  @Test
  void theClockOfThePlaceCountsWhenClocksAreChanged() {
    LocalDate change = LocalDate.of(2026, 3, 29);
    Instant now = at(change.plusDays(3), 12, 0);
    Heard always = Heard.NEVER.during(at(change.minusDays(20), 0, 0), now);
    Heard device = heard(at(change.minusDays(6), 12, 0), now, between("06:00", "22:00"));
    assertThat(Habit.of(device, always, List.of(), OSLO, now).orElseThrow().toString())
        .isEqualTo("sleeps 21:45-06:15 Europe/Oslo, learned from 8 days");
    assertThat(
            Habit.of(device, always, List.of(), ZoneOffset.UTC, now).orElseThrow().duty().awake())
        .as("by another clock the nights that agree")
        .hasToString("04:15-20:45");
  }

  @Test
  void aLearnedDutyExcusesNobodyWhileItSaysAwake() {
    Duty learned = after(9, between("06:00", "22:00")).orElseThrow().duty();
    Scene scene = Scene.all(1, Specs.TIMING, Specs.ERRORS_LIMIT);
    // T0 is noon in UTC.
    scene.duties.put(scene.device(0), learned);
    scene.decide();
    Decision decision = scene.after(Specs.TIMING.silence()).decide();
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo(FleetRules.SILENCE);
  }

  @Test
  void aDutyIsNeverLongerThanWhatWasSilent() {
    ForAll.cases(
        60,
        random -> {
          int wakes = random.nextInt(24);
          int hours = 1 + random.nextInt(23);
          int flaws = random.nextInt(12);
          Instant now = at(MONDAY.plusDays(5 + random.nextInt(9)), random.nextInt(24), 7);
          Heard device =
              heard(
                  at(MONDAY, 0, 0),
                  now,
                  t ->
                      Math.floorMod(t.getHour() - wakes, 24) < hours
                          ? random.nextInt(100) >= flaws
                          : random.nextInt(100) < flaws);
          Optional<Habit> habit = Habit.of(device, always(now), List.of(), OSLO, now);
          if (habit.isEmpty()) return;
          Duty duty = habit.get().duty();
          int asleep = 0;
          for (int minute = 0; minute < 24 * 60; minute += 15) {
            if (duty.asleep(at(MONDAY, 0, 0).plus(Duration.ofMinutes(minute)))) asleep++;
          }
          assertThat(asleep).isBetween(6, Habit.MOST_HOURS * 4);
          assertThat(habit.get().days()).isBetween(Habit.LEAST_DAYS, Heard.DAYS);
          assertThat(Habit.maybe(device, now)).as("no habit is missed").isTrue();
        });
  }

  @Test
  void whoIsHeardAllTheTimeIsNotLookedAtCloser() {
    Instant now = at(MONDAY.plusDays(9), 12, 0);
    Heard device = heard(at(MONDAY, 12, 0), now, t -> t.getHour() != 3 || t.getMinute() != 0);
    assertThat(Habit.maybe(device, now)).isFalse();
    assertThat(Habit.maybe(Heard.NEVER, now)).isTrue();
  }

  @Test
  void aHistoryIsWrittenAndReadBackAndHasAFixedSize() {
    ForAll.cases(
        50,
        random -> {
          Heard heard = Heard.NEVER;
          long slot = random.nextInt(3_000_000);
          java.util.TreeSet<Long> slots = new java.util.TreeSet<>();
          for (int i = 0; i < 200; i++) {
            slot += random.nextInt(20);
            slots.add(slot);
            heard = heard.during(Heard.start(slot), Heard.start(slot).plusSeconds(899));
            assertThat(heard.during(Heard.start(slot), Heard.start(slot))).isSameAs(heard);
          }
          assertThat(heard.bytes()).hasSize(184);
          Heard read = Heard.of(heard.bytes());
          assertThat(read).isEqualTo(heard).hasSameHashCodeAs(heard);
          long last = slots.last();
          for (long s = last - 1400; s <= last + 3; s++) {
            assertThat(read.in(s)).isEqualTo(slots.contains(s) && s > last - 14 * 96);
          }
          assertThat(read.count()).isEqualTo(slots.tailSet(last - 14 * 96 + 1).size());
        });
    assertThatThrownBy(() -> Heard.of(new byte[183])).hasMessageContaining("183 bytes");
  }

  @Test
  void aClockThatWasFarAheadIsForgotten() {
    Instant now = at(MONDAY, 12, 0);
    Heard ahead =
        Heard.NEVER.during(now.plus(Duration.ofDays(400)), now.plus(Duration.ofDays(400)));
    Heard heard = ahead.during(now, now);
    assertThat(heard).isEqualTo(Heard.NEVER.during(now, now));
    assertThat(heard.during(now.minusSeconds(3600), now.minusSeconds(3600)).count()).isEqualTo(2);
  }

  @Test
  void onlyWholeQuartersAreThoseThroughout() {
    Instant noon = at(MONDAY, 12, 0);
    assertThat(Heard.NEVER.throughout(noon, noon.plusSeconds(899)).count()).isZero();
    assertThat(Heard.NEVER.throughout(noon, noon.plusSeconds(900)).count()).isEqualTo(1);
    assertThat(Heard.NEVER.throughout(noon.plusSeconds(1), noon.plusSeconds(1799)).count())
        .isZero();
    assertThat(
            Heard.NEVER
                .throughout(noon.plusSeconds(1), noon.plusSeconds(1800))
                .in(Heard.slot(noon) + 1))
        .isTrue();
  }
}

package dev.hatchery.core;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A daily window as people write it. */
final class WindowText {
  private static final Pattern FORM =
      Pattern.compile("(?:([A-Za-z,-]{3,64})\\s+)?(\\d\\d:\\d\\d)\\s*-\\s*(\\d\\d:\\d\\d)");
  private static final List<String> NAMES =
      List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

  private WindowText() {}

  static DailyWindow parse(String text) {
    var m = FORM.matcher(text.strip());
    if (!m.matches()) throw notAWindow(text);
    LocalTime from = time(m.group(2), text);
    LocalTime to = time(m.group(3), text);
    String days = m.group(1);
    return days == null ? new DailyWindow(from, to) : new DailyWindow(from, to, days(days, text));
  }

  static String format(DailyWindow window) {
    String times = window.from() + "-" + window.to();
    return window.days().size() == NAMES.size() ? times : format(window.days()) + " " + times;
  }

  // Three days or more in a row as a range.
  private static String format(Set<DayOfWeek> days) {
    List<String> parts = new ArrayList<>();
    int day = 0;
    while (day < NAMES.size()) {
      int end = day;
      while (end < NAMES.size() && days.contains(DayOfWeek.of(end + 1))) end++;
      if (end - day > 2) parts.add(NAMES.get(day) + "-" + NAMES.get(end - 1));
      else parts.addAll(NAMES.subList(day, end));
      day = Math.max(end, day + 1);
    }
    return String.join(",", parts);
  }

  private static Set<DayOfWeek> days(String text, String whole) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (String part : text.split(",", -1)) {
      String[] ends = part.split("-", -1);
      if (ends.length > 2) throw notAWindow(whole);
      DayOfWeek last = day(ends[ends.length - 1], whole);
      // Sat-Mon goes over the week's end.
      for (DayOfWeek day = day(ends[0], whole); day != last; day = day.plus(1)) days.add(day);
      days.add(last);
    }
    return days;
  }

  private static DayOfWeek day(String name, String whole) {
    int index = NAMES.indexOf(name);
    if (index < 0) throw notAWindow(whole);
    return DayOfWeek.of(index + 1);
  }

  private static LocalTime time(String text, String whole) {
    try {
      return LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw notAWindow(whole).cause(e);
    }
  }

  private static Refusal notAWindow(String text) {
    return Refusal.of(Code.BAD_SPEC, "this is not a time of day from when to when")
        .expected("for example 22:00-05:00, Mon-Fri 22:00-05:00 or Sat,Sun 00:00-23:59")
        .got(text);
  }
}

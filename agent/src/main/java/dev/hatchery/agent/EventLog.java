package dev.hatchery.agent;

import dev.hatchery.agent.journal.Entry;
import dev.hatchery.core.Refusal;
import java.io.PrintStream;
import java.time.InstantSource;

/**
 * One line per event: {@code at=… event=… key=value …}. Values with blanks stand in quotes; nothing
 * in a value can begin a new line. Whoever calls it passes nothing secret.
 */
final class EventLog {
  private static final int MAX_VALUE = 600;

  private final PrintStream out;
  private final InstantSource clock;

  EventLog(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
  }

  /** Keys and values in turn; an empty value is left out with its key. */
  void line(String event, Object... pairs) {
    var text = new StringBuilder("at=").append(clock.instant()).append(" event=").append(event);
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      String value = shown(String.valueOf(pairs[i + 1]));
      if (!value.isEmpty()) text.append(' ').append(pairs[i]).append('=').append(value);
    }
    out.println(text);
  }

  void refusal(String event, Refusal refusal) {
    line(event, "code", refusal.code(), "detail", refusal.problem().line());
  }

  void entry(Entry entry) {
    line(
        entry.step().getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT),
        "slot",
        entry.slot(),
        "command",
        entry.commandId(),
        "bundle",
        entry.bundle().map(Object::toString).orElse(""),
        "reason",
        entry.step().why().map(Enum::name).orElse(""),
        "bytes",
        entry.traffic().total(),
        "detail",
        entry.step().words());
  }

  private static String shown(String value) {
    String clipped = value.length() > MAX_VALUE ? value.substring(0, MAX_VALUE) : value;
    String plain = clipped.replaceAll("\\p{Cntrl}", "?");
    return plain.matches("[^\\s\"=]*") ? plain : '"' + plain.replace('"', '\'') + '"';
  }
}

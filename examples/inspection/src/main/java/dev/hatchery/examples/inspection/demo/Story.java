package dev.hatchery.examples.inspection.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** The demo's progress lines, each with the time since it began. */
final class Story {
  private final PrintStream out;
  private final LongSupplier nanos;
  private final long began;

  Story(PrintStream out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
  }

  void chapter(int number, String title) {
    out.printf(Locale.ROOT, "%n%d. %s%n", number, title);
  }

  void line(String text) {
    out.printf(Locale.ROOT, "  [%6.1f s] %s%n", elapsed().toMillis() / 1000.0, text);
  }

  /** A command as a person would type it. */
  void command(String text) {
    out.printf(Locale.ROOT, "             $ hatchery %s%n", text);
  }

  Duration elapsed() {
    return Duration.ofNanos(nanos.getAsLong() - began);
  }
}

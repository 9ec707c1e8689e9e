package dev.hatchery.formats;

/** What one reading has used of its limits. One thread reads one file. */
final class Budget {
  private int tensors;
  private int steps;
  private long names;

  void tensor() {
    if (++tensors > Limits.TENSORS) {
      throw Malformed.value("number of tensors", "at most " + Limits.TENSORS, "more");
    }
  }

  void step() {
    if (++steps > Limits.STEPS) {
      throw Malformed.value("number of entries", "at most " + Limits.STEPS, "more");
    }
  }

  /** The text of a range that is kept as a name. */
  String name(Span text) {
    name(text.length());
    return text.text(Limits.NAME);
  }

  void name(long bytes) {
    names += Math.min(bytes, Limits.NAMES);
    if (names > Limits.NAMES) {
      throw Malformed.value("all names together", "at most " + Limits.NAMES + " bytes", "more");
    }
  }
}

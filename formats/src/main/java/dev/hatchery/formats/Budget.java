package dev.hatchery.formats;

/** What one reading has used of its limits. One thread reads one file. */
final class Budget {
  private int tensors;
  private int steps;
  private long kept;

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
    keep(text.length());
    return text.text(Limits.NAME);
  }

  void dimension() {
    keep(24);
  }

  /** Counts bytes that are kept, before they are. */
  void keep(long bytes) {
    kept += Math.min(bytes, Limits.KEPT);
    if (kept > Limits.KEPT) {
      throw Malformed.value("names and shapes", "at most " + Limits.KEPT + " bytes", "more");
    }
  }
}

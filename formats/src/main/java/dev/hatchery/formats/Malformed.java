package dev.hatchery.formats;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;

/** The one way in which a reader refuses a file. */
final class Malformed {
  private Malformed() {}

  /**
   * Built in one step, since a fuzzer builds millions; it tells numbers and words of ours only, so
   * that nothing of the file reaches a log.
   *
   * @param at byte in the file
   */
  static Refusal file(Format format, long at, String expected, Object got) {
    return refusal("this " + format + " file is broken", "byte " + at, expected, got);
  }

  /** A value that no file can mean, whatever its format. */
  static Refusal value(String what, String expected, Object got) {
    return refusal("a model file cannot say this", what, expected, got);
  }

  private static Refusal refusal(String title, String where, String expected, Object got) {
    return new Refusal(
        new Refusal.Problem(
            Code.MALFORMED_MODEL,
            title,
            where,
            expected,
            String.valueOf(got),
            "export or fetch the model again"));
  }
}

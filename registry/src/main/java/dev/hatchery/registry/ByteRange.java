package dev.hatchery.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Range header asks for (RFC 9110, 14.1.2 and 14.2). One range is served; of several, or of
 * a header that is malformed, nothing is made, and the whole is sent, as the RFC allows.
 */
sealed interface ByteRange {
  Pattern FORM = Pattern.compile("(?i)bytes\\s*=\\s*(\\d{0,40})\\s*-\\s*(\\d{0,40})");

  record Whole() implements ByteRange {}

  record Part(long from, long length) implements ByteRange {}

  /** 416. */
  record Unsatisfiable() implements ByteRange {}

  static ByteRange parse(String header, long size) {
    Matcher m = FORM.matcher(header.strip());
    if (!m.matches()) return new Whole();
    boolean fromEnd = m.group(1).isEmpty();
    if (fromEnd && m.group(2).isEmpty()) return new Whole();
    return fromEnd
        ? suffix(number(m.group(2)), size)
        : part(
            number(m.group(1)), m.group(2).isEmpty() ? Long.MAX_VALUE : number(m.group(2)), size);
  }

  private static ByteRange suffix(long length, long size) {
    if (length == 0) return new Unsatisfiable();
    // The last bytes of nothing are nothing, which a Content-Range cannot say.
    if (size == 0) return new Whole();
    long from = Math.max(0, size - length);
    return new Part(from, size - from);
  }

  private static ByteRange part(long from, long last, long size) {
    if (last < from) return new Whole();
    if (from >= size) return new Unsatisfiable();
    return new Part(from, Math.min(last, size - 1) - from + 1);
  }

  // A number beyond 63 bits is beyond every blob.
  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}

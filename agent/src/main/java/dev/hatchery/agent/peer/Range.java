package dev.hatchery.agent.peer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range of bytes (RFC 9110, section 14.1.2), of the form {@code bytes=A-B} or {@code bytes=A-}.
 *
 * @param last the last byte that is wanted; the largest number for all that follow
 */
record Range(long first, long last) {
  private static final Pattern FORM = Pattern.compile("bytes=(\\d{1,15})-(\\d{0,15})");

  static Range parse(String text) throws Rejected {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) throw new Rejected(400);
    long first = Long.parseLong(m.group(1));
    long last = m.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(m.group(2));
    if (last < first) throw new Rejected(400);
    return new Range(first, last);
  }

  /** The part of it that a blob has. */
  Range of(long size) throws Rejected {
    if (first >= size) throw new Rejected(416);
    return new Range(first, Math.min(last, size - 1));
  }

  long length() {
    return last - first + 1;
  }
}

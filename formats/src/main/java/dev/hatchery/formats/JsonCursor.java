package dev.hatchery.formats;

import dev.hatchery.core.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * As much of JSON (RFC 8259) as a safetensors header has: objects, arrays, strings and whole
 * numbers, read one after the other, straight from the file and without recursion. Anything else is
 * refused.
 */
final class JsonCursor {
  private static final long LARGEST = Long.MAX_VALUE / 10 - 1;

  private final Span text;
  private long at;

  JsonCursor(Span text) {
    this.text = text;
    this.at = text.start();
  }

  /** Takes the character, which must come next. */
  void take(char wanted) {
    if (!takes(wanted)) throw broken("'" + wanted + "'");
  }

  /** Takes the character if it comes next. */
  boolean takes(char wanted) {
    space();
    if (at == text.end() || text.u8(at) != wanted) return false;
    at++;
    return true;
  }

  /** Nothing but spaces may follow. */
  void end() {
    space();
    if (at != text.end()) throw broken("spaces to the end of the header");
  }

  /** A whole number of 0 or more, below 2^63 / 10. */
  long number() {
    space();
    long from = at;
    long value = 0;
    while (at < text.end() && text.u8(at) >= '0' && text.u8(at) <= '9') {
      if (value > LARGEST / 10) throw broken("a number below 2^59");
      value = value * 10 + text.u8(at++) - '0';
    }
    boolean padded = at - from > 1 && text.u8(from) == '0';
    if (at == from || padded) throw broken("a whole number");
    return value;
  }

  /** The raw characters between the quotes, escapes not undone; nothing is copied. */
  Span string() {
    take('"');
    long from = at;
    while (true) {
      int c = text.u8(at++);
      if (c == '"') return text.part(from, at - 1 - from);
      if (c < 0x20) throw broken("no control characters in a string");
      if (c == '\\') text.u8(at++);
    }
  }

  /** The text of a string that {@link #string} found. */
  static String decoded(Span raw, int limit) {
    byte[] bytes = raw.bytes(limit);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\\') < 0 ? text : unescaped(raw, text);
    } catch (CharacterCodingException e) {
      throw raw.broken(raw.start(), "UTF-8", "another encoding").cause(e);
    }
  }

  private static String unescaped(Span raw, String text) {
    var out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char kind = text.charAt(++i);
      if (kind == 'u') {
        out.append(unicode(raw, text, i + 1));
        i += 4;
      } else {
        out.append(simple(raw, kind));
      }
    }
    return paired(raw, out.toString());
  }

  private static char unicode(Span raw, String text, int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
      if (digit < 0 || text.charAt(i) > 'f') {
        throw raw.broken(raw.start(), "four hexadecimal digits", "another escape");
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  private static char simple(Span raw, char kind) {
    return switch (kind) {
      case '"', '\\', '/' -> kind;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> throw raw.broken(raw.start(), "an escape of JSON", "another");
    };
  }

  private static String paired(Span raw, String text) {
    boolean lone = text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff);
    if (lone) throw raw.broken(raw.start(), "paired surrogates", "one alone");
    return text;
  }

  private void space() {
    while (at < text.end() && isSpace(text.u8(at))) at++;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private Refusal broken(String expected) {
    return text.broken(at, expected, at == text.end() ? "the end" : "something else");
  }
}

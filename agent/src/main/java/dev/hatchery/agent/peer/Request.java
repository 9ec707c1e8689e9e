package dev.hatchery.agent.peer;

import dev.hatchery.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a request, of the few kinds that are answered: HTTP/1.1 (RFC 9112), read strictly. A
 * line ends with CR LF, a header is not folded, a body is not taken.
 *
 * @param body whether more than the head of the answer is wanted
 */
record Request(boolean body, Target target, Optional<Range> range, boolean keep) {
  /** A longer head is refused; the longest that is of use has 16 names. */
  static final int MAX_HEAD = 4096;

  static final int MAX_NAMES = 16;
  private static final int MAX_HEADERS = 32;

  private static final Pattern LINE =
      Pattern.compile("([A-Z]{1,16}) ([!-~]{1,2048}) HTTP/1\\.([01])");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \\t]*([ -~\\t]*?)[ \\t]*");
  private static final Pattern BLOB = Pattern.compile("/blobs/([0-9a-f]{64})");
  private static final Pattern HAVE =
      Pattern.compile("/have\\?n=([0-9a-f]{64}(?:,[0-9a-f]{64}){0,15})");

  /** What is asked for, by the names that {@link Veil} gives. */
  sealed interface Target {}

  record Blob(Digest name) implements Target {}

  /** Which of these are there. */
  record Have(List<Digest> names) implements Target {}

  /**
   * Reads a head.
   *
   * @param head with the empty line at its end
   */
  static Request parse(byte[] head, int length) throws Rejected {
    String text = new String(head, 0, length, StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\r\n\r\n")) throw new Rejected(400);
    String[] lines = text.substring(0, text.length() - 4).split("\r\n", -1);
    if (lines.length - 1 > MAX_HEADERS) throw new Rejected(431);
    Matcher line = LINE.matcher(lines[0]);
    if (!line.matches()) throw new Rejected(400);
    Headers headers = Headers.of(lines);
    boolean body =
        switch (line.group(1)) {
          case "GET" -> true;
          case "HEAD" -> false;
          default -> throw new Rejected(405);
        };
    return new Request(
        body, target(line.group(2)), headers.range, headers.keep.orElse(line.group(3).equals("1")));
  }

  private static Target target(String text) throws Rejected {
    Matcher blob = BLOB.matcher(text);
    if (blob.matches()) return new Blob(new Digest(blob.group(1)));
    Matcher have = HAVE.matcher(text);
    if (!have.matches()) throw new Rejected(404);
    List<Digest> names = new ArrayList<>();
    for (String name : have.group(1).split(",", -1)) names.add(new Digest(name));
    return new Have(List.copyOf(names));
  }

  /** Of the headers, what matters here. */
  private static final class Headers {
    private Optional<Range> range = Optional.empty();
    private Optional<Boolean> keep = Optional.empty();

    static Headers of(String[] lines) throws Rejected {
      Headers headers = new Headers();
      for (int i = 1; i < lines.length; i++) {
        Matcher m = HEADER.matcher(lines[i]);
        if (!m.matches()) throw new Rejected(400);
        headers.take(m.group(1).toLowerCase(Locale.ROOT), m.group(2));
      }
      return headers;
    }

    private void take(String name, String value) throws Rejected {
      switch (name) {
        case "range" -> {
          if (range.isPresent()) throw new Rejected(400);
          range = Optional.of(Range.parse(value));
        }
        case "connection" -> keep = Optional.of(value.equalsIgnoreCase("keep-alive"));
        // What follows the head would have to be read past, and is taken for the next request by
        // whoever reads it otherwise.
        case "content-length" -> {
          if (!value.equals("0")) throw new Rejected(400);
        }
        case "transfer-encoding", "expect", "upgrade" -> throw new Rejected(400);
        default -> {
          // Of no use here.
        }
      }
    }
  }
}

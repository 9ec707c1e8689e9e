package dev.hatchery.agent.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The head of a neighbour's answer. Whatever is odd about it is the neighbour's fault. */
record Reply(int status, long length, String contentRange, boolean keep) {
  static final int MAX_HEAD = 4096;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})(?: [^\r\n]*)?");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \\t]*([ -~\\t]*?)[ \\t]*");
  private static final Pattern LENGTH = Pattern.compile("\\d{1,15}");

  static Reply read(InputStream in) throws IOException {
    byte[] head = new byte[MAX_HEAD];
    int length = 0;
    while (length < head.length) {
      int b = in.read();
      if (b < 0) throw new PeerFailure(Fault.AWAY, "the connection ended");
      head[length++] = (byte) b;
      if (b == '\n' && length >= 4 && head[length - 2] == '\r' && head[length - 3] == '\n') {
        return parse(new String(head, 0, length - 2, StandardCharsets.ISO_8859_1));
      }
    }
    throw broken("a head without an end");
  }

  static Reply parse(String head) throws PeerFailure {
    String[] lines = head.split("\r\n", -1);
    Matcher status = STATUS.matcher(lines[0]);
    if (!status.matches()) throw broken("no status");
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length - 1; i++) {
      Matcher m = HEADER.matcher(lines[i]);
      if (!m.matches()) throw broken("no header");
      if (headers.put(m.group(1).toLowerCase(Locale.ROOT), m.group(2)) != null) {
        throw broken("a header twice");
      }
    }
    String length = headers.getOrDefault("content-length", "");
    if (!LENGTH.matcher(length).matches() || headers.containsKey("transfer-encoding")) {
      throw broken("a body without a length");
    }
    return new Reply(
        Integer.parseInt(status.group(1)),
        Long.parseLong(length),
        headers.getOrDefault("content-range", ""),
        !headers.getOrDefault("connection", "").equalsIgnoreCase("close"));
  }

  static PeerFailure broken(String why) {
    return new PeerFailure(Fault.BROKEN, why);
  }
}

package dev.hatchery.agent.peer;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where to ask, as a person writes it: {@code gateway.local:8474}, {@code [fd00::7]:8474}. */
public record PeerAddress(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|([A-Za-z0-9._-]{1,253})):(\\d{1,5})");

  public PeerAddress {
    if (port < 1 || port > 65_535) throw wrong(host + ":" + port);
  }

  public static PeerAddress parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) throw wrong(text);
    String bracketed = m.group(1);
    return new PeerAddress(
        bracketed == null ? m.group(2) : bracketed, Integer.parseInt(m.group(3)));
  }

  private static Refusal wrong(String got) {
    return Refusal.of(Code.BAD_SPEC, "this is not a peer's address")
        .expected("host:port, for example 192.168.1.20:8474")
        .got(got);
  }
}

package dev.hatchery.agent.peer;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of addresses, {@code 10.0.0.0/8}.
 *
 * @param bits how many leading bits count
 */
public record Network(InetAddress address, int bits) {
  private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f.:]{2,45})/(\\d{1,3})");

  /** Loopback, link-local and private addresses (RFC 1918, 3927, 4193, 4291). */
  public static final List<Network> NEAR =
      List.of(
          parse("127.0.0.0/8"),
          parse("10.0.0.0/8"),
          parse("172.16.0.0/12"),
          parse("192.168.0.0/16"),
          parse("169.254.0.0/16"),
          parse("::1/128"),
          parse("fe80::/10"),
          parse("fc00::/7"));

  public Network {
    if (bits < 0 || bits > address.getAddress().length * 8) {
      throw wrong(address.getHostAddress() + "/" + bits);
    }
  }

  /** Reads an address, a slash and a number of bits; names are not looked up. */
  public static Network parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) throw wrong(text);
    try {
      return new Network(InetAddress.ofLiteral(m.group(1)), Integer.parseInt(m.group(2)));
    } catch (IllegalArgumentException e) {
      throw wrong(text).cause(e);
    }
  }

  private static Refusal wrong(String got) {
    return Refusal.of(Code.BAD_SPEC, "this is not a range of addresses")
        .expected("for example 192.168.0.0/16 or fd00::/8")
        .got(got);
  }

  boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] its = other.getAddress();
    if (mine.length != its.length) return false;
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((mine[bit / 8] & mask) != (its[bit / 8] & mask)) return false;
    }
    return true;
  }

  static boolean any(List<Network> networks, InetAddress address) {
    return networks.stream().anyMatch(n -> n.contains(address));
  }
}

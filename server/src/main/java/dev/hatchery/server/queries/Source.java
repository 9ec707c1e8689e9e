package dev.hatchery.server.queries;

import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An endpoint that may be asked.
 *
 * @param url what {@code /api/v1/query} is appended to
 * @param tokenFile holds a bearer token; read anew for each question, so that it can be rotated
 * @param timeout for the whole answer
 */
record Source(Name name, URI url, Optional<Path> tokenFile, Duration timeout) {
  static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration TIMEOUT_MAX = Duration.ofSeconds(30);

  Source {
    String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    boolean plain =
        url.getHost() != null
            && url.getRawUserInfo() == null
            && url.getRawQuery() == null
            && url.getRawFragment() == null;
    if (!plain || !List.of("http", "https").contains(scheme)) {
      throw Refusal.of(Code.BAD_SPEC, "this is not the address of a query source")
          .at(name.value())
          .expected("http(s)://host[:port][/path], without user, query and fragment")
          .got(url.getHost());
    }
    if (tokenFile.isPresent() && scheme.equals("http") && !loopback(url.getHost())) {
      throw Refusal.of(Code.BAD_SPEC, "a token would cross the network in the clear")
          .at(name.value())
          .expected("https")
          .got("http");
    }
    if (!timeout.isPositive() || timeout.compareTo(TIMEOUT_MAX) > 0) {
      throw Refusal.of(Code.BAD_SPEC, "a query source answers within bounds")
          .at(name.value())
          .expected("above 0, at most " + Durations.format(TIMEOUT_MAX))
          .got(Durations.format(timeout));
    }
  }

  private static boolean loopback(String host) {
    String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return literal.equals("localhost") || InetAddress.ofLiteral(literal).isLoopbackAddress();
    } catch (IllegalArgumentException named) {
      return false;
    }
  }
}

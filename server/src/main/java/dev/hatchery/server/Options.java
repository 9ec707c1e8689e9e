package dev.hatchery.server;

import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a server is started.
 *
 * @param data where everything is kept
 * @param listen port 0 takes a free one
 * @param tokenFile where a new operator token is written as well as shown
 * @param tls speak TLS on loopback too; elsewhere it is never plain
 * @param keystore a PKCS#12 file to use instead of a certificate of our own
 * @param passphraseFile holds the keystore's passphrase
 * @param publicUrl how devices reach this server, when that is not the address it listens on
 * @param idleReport how often devices report while no rollout concerns them
 * @param deltaWait how long a rollout's first stage waits for the patches that its devices need
 * @param interlock how long after a change below a device's models it gets no other, and the other
 *     way round, where a rollout does not say
 * @param querySources names the endpoints that gates may ask for business KPIs
 * @param resetToken replace all operator tokens by a new one
 */
public record Options(
    Path data,
    InetSocketAddress listen,
    Optional<Path> tokenFile,
    boolean tls,
    Optional<Path> keystore,
    Optional<Path> passphraseFile,
    Optional<URI> publicUrl,
    Duration idleReport,
    Duration deltaWait,
    Duration interlock,
    Optional<Path> querySources,
    boolean resetToken) {
  static final String USAGE =
      """
      usage: server --data DIR [options]
        --data DIR              where everything is kept
        --listen HOST:PORT      default 127.0.0.1:8080; port 0 takes a free one
        --token-file FILE       write a new operator token there (0600) as well as showing it once
        --reset-token           replace all operator tokens by a new one
        --tls                   TLS 1.3 on loopback too; off loopback there is nothing else
        --keystore FILE         PKCS#12 with the server's key and certificates; default: made on first start
        --keystore-passphrase-file FILE
        --public-url URL        how devices reach this server, when it is not the address it listens on
        --idle-report TIME      how often devices report while no rollout concerns them, default 60s
        --delta-wait TIME       how long a rollout's first stage waits for its deltas, default 10m; 0s for not at all
        --interlock TIME        how far models and what lies below them keep apart on a device, default 24h
        --query-sources FILE    the endpoints that gates may ask with PromQL, by name
      """;

  private static final Duration IDLE = Duration.ofSeconds(60);

  /** Long enough for a model of a few hundred megabytes, short enough for a person to wait. */
  static final Duration DELTA_WAIT = Duration.ofMinutes(10);

  /** As long as a device's own past has to span before it can be compared with. */
  static final Duration INTERLOCK = Duration.ofHours(24);

  private static final Duration DELTA_WAIT_MAX = Duration.ofHours(24);
  private static final String LISTEN = "127.0.0.1:8080";

  public Options {
    if (keystore.isPresent() != passphraseFile.isPresent()) {
      throw Refusal.of(Code.BAD_INPUT, "a keystore and its passphrase file belong together")
          .expected("--keystore and --keystore-passphrase-file, or neither");
    }
    if (!idleReport.isPositive() || idleReport.compareTo(Duration.ofHours(1)) > 0) {
      throw Refusal.of(Code.BAD_INPUT, "devices are to report within bounds")
          .at("--idle-report")
          .expected("above 0, at most 1h")
          .got(Durations.format(idleReport));
    }
    if (deltaWait.isNegative() || deltaWait.compareTo(DELTA_WAIT_MAX) > 0) {
      throw Refusal.of(Code.BAD_INPUT, "a rollout waits for its deltas within bounds")
          .at("--delta-wait")
          .expected("0s to " + Durations.format(DELTA_WAIT_MAX))
          .got(Durations.format(deltaWait));
    }
    RolloutSpec.Lane.requireInterlock(interlock);
  }

  /** One that asks no other system. */
  public Options(
      Path data,
      InetSocketAddress listen,
      Optional<Path> tokenFile,
      boolean tls,
      Optional<Path> keystore,
      Optional<Path> passphraseFile,
      Optional<URI> publicUrl,
      Duration idleReport,
      Duration deltaWait,
      Duration interlock,
      boolean resetToken) {
    this(
        data,
        listen,
        tokenFile,
        tls,
        keystore,
        passphraseFile,
        publicUrl,
        idleReport,
        deltaWait,
        interlock,
        Optional.empty(),
        resetToken);
  }

  /** Whether this server speaks TLS: always, unless nobody but this machine can hear it. */
  public boolean secure() {
    return tls || keystore.isPresent() || !listen.getAddress().isLoopbackAddress();
  }

  static Options parse(List<String> arguments) {
    return new Reading(arguments).options();
  }

  private static final class Reading {
    private final Deque<String> left;
    private @Nullable Path data;
    private String listen = LISTEN;
    private @Nullable Path tokenFile;
    private boolean tls;
    private @Nullable Path keystore;
    private @Nullable Path passphraseFile;
    private @Nullable URI publicUrl;
    private Duration idleReport = IDLE;
    private Duration deltaWait = DELTA_WAIT;
    private Duration interlock = INTERLOCK;
    private @Nullable Path querySources;
    private boolean resetToken;

    Reading(List<String> arguments) {
      left = new ArrayDeque<>(arguments);
    }

    Options options() {
      while (!left.isEmpty()) take(left.removeFirst());
      if (data == null) {
        throw Refusal.of(Code.BAD_INPUT, "the server needs a folder").expected("--data DIR");
      }
      return new Options(
          data,
          address(listen),
          Optional.ofNullable(tokenFile),
          tls,
          Optional.ofNullable(keystore),
          Optional.ofNullable(passphraseFile),
          Optional.ofNullable(publicUrl),
          idleReport,
          deltaWait,
          interlock,
          Optional.ofNullable(querySources),
          resetToken);
    }

    private void take(String option) {
      switch (option) {
        case "--data" -> data = Path.of(value(option));
        case "--listen" -> listen = value(option);
        case "--token-file" -> tokenFile = Path.of(value(option));
        case "--tls" -> tls = true;
        case "--keystore" -> keystore = Path.of(value(option));
        case "--keystore-passphrase-file" -> passphraseFile = Path.of(value(option));
        case "--public-url" -> publicUrl = url(value(option));
        case "--idle-report" -> idleReport = Durations.parse(value(option));
        case "--delta-wait" -> deltaWait = Durations.parse(value(option));
        case "--interlock" -> interlock = Durations.parse(value(option));
        case "--reset-token" -> resetToken = true;
        case "--query-sources" -> querySources = Path.of(value(option));
        default ->
            throw Refusal.of(Code.BAD_INPUT, "this option is not known")
                .got(option)
                .fix("--help lists them");
      }
    }

    private String value(String option) {
      String value = left.pollFirst();
      if (value != null) return value;
      throw Refusal.of(Code.BAD_INPUT, "an option lacks its value").at(option);
    }

    private static InetSocketAddress address(String text) {
      int colon = text.lastIndexOf(':');
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        String host = colon < 0 ? "" : text.substring(0, colon).replaceAll("[\\[\\]]", "");
        if (!host.isEmpty() && port >= 0 && port <= 65_535) {
          // The first address is the one that the system prefers.
          return new InetSocketAddress(InetAddress.getAllByName(host)[0], port);
        }
      } catch (NumberFormatException | UnknownHostException e) {
        // told below
      }
      throw Refusal.of(Code.BAD_INPUT, "this is not an address to listen on")
          .at("--listen")
          .expected("HOST:PORT")
          .got(text);
    }

    private static URI url(String text) {
      try {
        URI uri = URI.create(text.replaceAll("/+$", ""));
        if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) return uri;
      } catch (IllegalArgumentException e) {
        // told below
      }
      throw Refusal.of(Code.BAD_INPUT, "this is not an address of a server")
          .at("--public-url")
          .expected("http(s)://host[:port]")
          .got(text);
    }
  }
}

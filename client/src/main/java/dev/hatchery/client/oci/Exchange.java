package dev.hatchery.client.oci;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;

/**
 * One request and its answer, with limits: the connection, the time, the size of what is read into
 * memory. The token goes to the registry's own origin and nowhere else.
 */
final class Exchange implements AutoCloseable {
  private static final DataSize SMALL_MAX = OciDocument.MAX_SIZE;
  private static final int MAX_REDIRECTS = 3;

  private final URI base;
  private final Optional<Secret> token;
  private final Patience patience;
  private final HttpClient http;

  /** What came back. The body is empty where a sink took it. */
  record Answer(URI uri, int status, HttpHeaders headers, Bytes body) {
    Optional<String> header(String name) {
      return headers.firstValue(name);
    }
  }

  /** Where a successful answer's body goes. */
  @FunctionalInterface
  interface Sink {
    BodySubscriber<byte[]> open() throws IOException;
  }

  /**
   * A request.
   *
   * @param bytes how many move, for the time it may take
   * @param what names the request in refusals, for example {@code pushing sha256:…}
   */
  record Ask(
      String method,
      URI uri,
      Map<String, String> headers,
      BodyPublisher body,
      long bytes,
      String what) {
    static Ask of(String method, URI uri, String what) {
      return new Ask(method, uri, Map.of(), BodyPublishers.noBody(), 0, what);
    }

    Ask at(URI other) {
      return new Ask(method, other, headers, body, bytes, what);
    }
  }

  Exchange(URI base, Optional<Secret> token, Optional<SSLContext> tls, Patience patience) {
    this.base = base;
    this.token = token;
    this.patience = patience;
    var builder =
        HttpClient.newBuilder()
            // HTTP/1.1: an upgrade dance on every first request buys nothing for few large bodies.
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience.connect())
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /** Sends and reads the answer into memory, at most 4 MiB of it. */
  Answer send(Ask ask) {
    return send(ask, () -> new BoundedBody(SMALL_MAX, ask.what()));
  }

  /**
   * Sends; the body of a 200 goes to the sink. Redirects of a GET are followed (distribution-spec,
   * Pulling blobs).
   */
  Answer send(Ask ask, Sink sink) {
    Ask now = ask;
    for (int hop = 0; ; hop++) {
      Answer answer = once(now, sink);
      if (!isRedirect(answer.status()) || !ask.method().equals("GET")) return answer;
      if (hop == MAX_REDIRECTS) {
        throw Refusal.of(Code.UNREACHABLE, "the registry redirects in circles")
            .at(ask.uri().toString());
      }
      now = now.at(target(answer));
    }
  }

  /**
   * Where the answer's Location points; relative ones count from the request (RFC 9110, 10.2.2).
   */
  URI target(Answer answer) {
    URI from = answer.uri();
    URI to;
    try {
      to = from.resolve(answer.header("Location").orElse(""));
    } catch (IllegalArgumentException e) {
      throw Refusal.of(Code.UNREACHABLE, "the registry answered with an address that is none")
          .at(from.toString())
          .got(answer.header("Location").orElse(""))
          .cause(e);
    }
    boolean downgrade = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
    if (answer.header("Location").isEmpty() || to.getHost() == null || downgrade) {
      throw Refusal.of(Code.UNREACHABLE, "the registry answered with an address we do not follow")
          .at(from.toString())
          .expected("a Location of the same or better security")
          .got(answer.header("Location").orElse("none"));
    }
    return to;
  }

  private Answer once(Ask ask, Sink sink) {
    Duration limit = patience.forBytes(ask.bytes());
    var answered = new AtomicBoolean();
    // HttpRequest.timeout ends when the headers are there (JDK 25), so a body that stalls needs the
    // future's own limit.
    var pending =
        http.sendAsync(
            request(ask, limit),
            info -> {
              answered.set(true);
              return info.statusCode() == 200 ? open(sink) : new BoundedBody(SMALL_MAX, ask.what());
            });
    try {
      HttpResponse<byte[]> response = pending.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          ask.uri(), response.statusCode(), response.headers(), Bytes.of(response.body()));
    } catch (TimeoutException e) {
      pending.cancel(true);
      throw slow(ask, limit, e);
    } catch (ExecutionException e) {
      throw failed(ask, limit, answered.get(), e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw Refusal.of(Code.UNREACHABLE, "interrupted while " + ask.what()).cause(e);
    }
  }

  private static BodySubscriber<byte[]> open(Sink sink) {
    try {
      return sink.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest request(Ask ask, Duration limit) {
    var request = HttpRequest.newBuilder(ask.uri()).timeout(limit).method(ask.method(), ask.body());
    ask.headers().forEach(request::header);
    if (sameOrigin(ask.uri())) {
      token.ifPresent(t -> request.header("Authorization", "Bearer " + t.reveal()));
    }
    return request.build();
  }

  private boolean sameOrigin(URI uri) {
    return uri.getScheme().equals(base.getScheme())
        && uri.getHost().equalsIgnoreCase(base.getHost())
        && port(uri) == port(base);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) return uri.getPort();
    return uri.getScheme().equals("https") ? 443 : 80;
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static Refusal failed(Ask ask, Duration limit, boolean answered, Throwable why) {
    if (why instanceof Refusal refusal) return refusal;
    if (why instanceof HttpTimeoutException) return slow(ask, limit, why);
    if (why instanceof UncheckedIOException disk) {
      return Refusal.of(Code.STORAGE, "a file could not be read or written while " + ask.what())
          .got(disk.getMessage() == null ? "" : disk.getMessage())
          .cause(disk);
    }
    String got = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
    return answered
        ? Refusal.of(Code.TRUNCATED, "the connection broke while " + ask.what())
            .at(ask.uri().toString())
            .got(got)
            .fix("try again")
            .cause(why)
        : Refusal.of(Code.UNREACHABLE, "the registry does not answer")
            .at(ask.uri().toString())
            .got(got)
            .fix("check the address, and that the registry runs")
            .cause(why);
  }

  private static Refusal slow(Ask ask, Duration limit, Throwable why) {
    return Refusal.of(Code.SLOW, "the registry took too long while " + ask.what())
        .at(ask.uri().toString())
        .expected("an answer within " + limit.toSeconds() + " s")
        .fix("try again")
        .cause(why);
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    http.shutdownNow();
  }
}

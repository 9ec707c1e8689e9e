package dev.hatchery.client.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/** Sends requests and reads answers. */
final class Calls implements AutoCloseable {
  private static final DataSize ANSWER_MAX = DataSize.mib(32);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** A change may have been made although its answer was lost; its key makes it safe to repeat. */
  private static final int SENT_AT_MOST = 3;

  private final URI server;
  private final Secret token;
  private final HttpClient http;

  Calls(URI server, Secret token, Optional<SSLContext> tls) {
    this.server = checked(server);
    this.token = token;
    var builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  private static URI checked(URI server) {
    String scheme = server.getScheme() == null ? "" : server.getScheme().toLowerCase(Locale.ROOT);
    boolean http = scheme.equals("http") || scheme.equals("https");
    if (!http || server.getHost() == null) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a server's address")
          .expected("for example https://hatchery.example:8443")
          .got(server);
    }
    if (scheme.equals("http") && !loopback(server.getHost())) {
      throw Refusal.of(Code.BAD_INPUT, "a token may not travel in the clear")
          .expected("https, or a loopback address")
          .got(server);
    }
    String text = server.toString();
    return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : server;
  }

  private static boolean loopback(String host) {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  <T> T get(String path, Codec<T> answer) {
    return send(request(path).GET().build(), answer, path);
  }

  /** The answer's bytes, whatever they are. */
  byte[] bytes(String path) {
    HttpResponse<byte[]> answer = send(request(path).GET().build(), path);
    if (answer.statusCode() == 200) return answer.body();
    throw problem(answer, path);
  }

  /** Sends a sheet. */
  <T> T postCsv(String path, byte[] sheet, Codec<T> answer) {
    return change(path, "POST", "text/csv; charset=utf-8", sheet, answer);
  }

  <B, T> T put(String path, Codec<B> codec, B body, Codec<T> answer) {
    return change(path, "PUT", codec.bytes(body), answer);
  }

  <B, T> T post(String path, Codec<B> codec, B body, Codec<T> answer) {
    return change(path, "POST", codec.bytes(body), answer);
  }

  <T> T post(String path, Codec<T> answer) {
    return change(path, "POST", new byte[0], answer);
  }

  <T> T delete(String path, Codec<T> answer) {
    return change(path, "DELETE", new byte[0], answer);
  }

  private <T> T change(String path, String method, byte[] body, Codec<T> answer) {
    return change(path, method, "application/json", body, answer);
  }

  private <T> T change(String path, String method, String type, byte[] body, Codec<T> answer) {
    HttpRequest request =
        request(path)
            .header("Content-Type", type)
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .method(method, BodyPublishers.ofByteArray(body))
            .build();
    for (int sent = 1; ; sent++) {
      try {
        return send(request, answer, path);
      } catch (Refusal refusal) {
        if (refusal.code() != Code.TRUNCATED || sent == SENT_AT_MOST) throw refusal;
      }
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server + path))
        .timeout(ANSWER)
        .header("Accept", "application/json")
        .header("Authorization", "Bearer " + token.reveal());
  }

  private <T> T send(HttpRequest request, Codec<T> codec, String path) {
    HttpResponse<byte[]> answer = send(request, path);
    if (answer.statusCode() / 100 == 2)
      return codec.parse(answer.body(), ANSWER_MAX, "answer " + path);
    throw problem(answer, path);
  }

  // HttpRequest.timeout ends when the headers are there; the future bounds the body as well.
  private HttpResponse<byte[]> send(HttpRequest request, String path) {
    var pending =
        http.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_MAX.bytes()));
    try {
      return pending.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause(), path);
    } catch (TimeoutException e) {
      pending.cancel(true);
      throw failed(e, path);
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw failed(e, path);
    }
  }

  private Refusal failed(Throwable cause, String path) {
    if (cause instanceof Refusal refusal) return refusal;
    Refusal refusal =
        switch (cause) {
          case ConnectException e ->
              Refusal.of(Code.UNREACHABLE, "the server cannot be reached")
                  .got(e)
                  .fix("is it running, and is --server right?");
          case HttpTimeoutException e -> Refusal.of(Code.SLOW, "the server took too long").got(e);
          case TimeoutException e -> Refusal.of(Code.SLOW, "the server took too long").got(e);
          case javax.net.ssl.SSLException e ->
              Refusal.of(Code.UNREACHABLE, "the server is not whom its certificate should name")
                  .got(e)
                  .fix("give the server's CA with --ca");
          case IOException e ->
              Refusal.of(Code.TRUNCATED, "the server's answer was cut off").got(e);
          default -> Refusal.of(Code.UNREACHABLE, "the server cannot be asked").got(cause);
        };
    return refusal.at(server + path).cause(cause);
  }

  private Refusal problem(HttpResponse<byte[]> answer, String path) {
    try {
      return new Refusal(Wire.PROBLEM.parse(answer.body(), DataSize.kib(64), "answer " + path));
    } catch (Refusal notOurs) {
      return Refusal.of(Code.UNREACHABLE, "something else than a Hatchery server answered")
          .at(server + path)
          .expected("JSON")
          .got("status " + answer.statusCode())
          .cause(notOurs);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}

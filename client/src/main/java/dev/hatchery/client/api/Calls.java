package dev.hatchery.client.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Requests with the operator's token, bounded in time and in what they accept. */
final class Calls {
  static final DataSize ANSWER_MAX = DataSize.mib(16);
  private static final DataSize PROBLEM_MAX = DataSize.kib(64);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final URI server;
  private final Secret token;
  private final HttpClient http;

  Calls(URI server, Secret token, Optional<SSLContext> tls) {
    this.server = server;
    this.token = token;
    var builder =
        HttpClient.newBuilder().connectTimeout(CONNECT).version(HttpClient.Version.HTTP_1_1);
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  byte[] get(String path) {
    return send(request(path).GET().build());
  }

  byte[] put(String path, byte[] body) {
    return send(request(path).PUT(BodyPublishers.ofByteArray(body)).build());
  }

  /** A change, named by a key: sent again with the same key, it is done once. */
  byte[] post(String path, byte[] body, String idempotencyKey) {
    return send(
        request(path)
            .header("Idempotency-Key", idempotencyKey)
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve("/api/v1" + path))
        .timeout(ANSWER)
        .header("Authorization", "Bearer " + token.reveal())
        .header("Accept", "application/json")
        .header("Content-Type", "application/json");
  }

  private byte[] send(HttpRequest request) {
    String path = request.uri().getPath();
    try {
      HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes((int) ANSWER_MAX.bytes() + 1);
        if (answer.statusCode() / 100 == 2) return bytes;
        throw refusal(answer.statusCode(), bytes, path);
      }
    } catch (IOException e) {
      throw Refusal.of(Code.UNREACHABLE, "the server does not answer")
          .at(server.toString())
          .got(e.toString())
          .fix("is it running, and is this its address?")
          .cause(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.of(Code.UNREACHABLE, "interrupted while waiting for the server")
          .at(server.toString())
          .cause(e);
    }
  }

  // What is no problem document comes from something between us and the server.
  private static Refusal refusal(int status, byte[] body, String path) {
    try {
      return new Refusal(Wire.PROBLEM.parse(body, PROBLEM_MAX, path));
    } catch (Refusal notAProblem) {
      return Refusal.of(Code.UNREACHABLE, "something answered that is not Hatchery's server")
          .at(path)
          .expected("a problem document")
          .got("HTTP " + status)
          .cause(notAProblem);
    }
  }
}

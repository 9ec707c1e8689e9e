package dev.hatchery.server.queries;

import dev.hatchery.rollout.QueryAnswer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a source. Redirects are not followed: whoever answers there could send this server anywhere.
 */
final class Endpoint implements AutoCloseable {
  private static final int TOKEN_MAX = 8192;

  private final HttpClient http;

  Endpoint(HttpClient http) {
    this.http = http;
  }

  /** A client that goes nowhere but where it was sent. */
  static HttpClient client() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(Source.TIMEOUT)
        .build();
  }

  QueryAnswer ask(Source source, String promql) throws InterruptedException {
    HttpRequest request;
    try {
      request = request(source, promql);
    } catch (IOException | IllegalArgumentException e) {
      // The message may hold the token.
      return new QueryAnswer.Nothing("the token file of " + source.name() + " cannot be used");
    }
    CompletableFuture<HttpResponse<byte[]>> asked =
        http.sendAsync(
            request,
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), PrometheusAnswer.MAX.bytes()));
    try {
      return read(asked.get(source.timeout().toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      asked.cancel(true);
      return new QueryAnswer.Nothing(
          source.name() + " did not answer within " + source.timeout().toMillis() + " ms");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new QueryAnswer.Nothing(
          PrometheusAnswer.shown(source.name() + " cannot be asked: " + cause));
    }
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    http.shutdownNow();
  }

  private static HttpRequest request(Source source, String promql) throws IOException {
    String base = source.url().toString().replaceAll("/+$", "");
    String query = URLEncoder.encode(promql, StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(URI.create(base + "/api/v1/query?query=" + query))
            .timeout(source.timeout())
            .header("Accept", "application/json");
    if (source.tokenFile().isPresent()) {
      try (var in = Files.newInputStream(source.tokenFile().get())) {
        String token = new String(in.readNBytes(TOKEN_MAX), StandardCharsets.US_ASCII).strip();
        request.header("Authorization", "Bearer " + token);
      }
    }
    return request.build();
  }

  // An error has the same form, with an error's status.
  private static QueryAnswer read(HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    if (status / 100 == 3) {
      return new QueryAnswer.Nothing("the endpoint redirects, which is not followed");
    }
    QueryAnswer read = PrometheusAnswer.read(answer.body());
    if (status == 200) return read;
    String why = read instanceof QueryAnswer.Nothing nothing ? ": " + nothing.why() : "";
    return new QueryAnswer.Nothing(PrometheusAnswer.shown("the endpoint answered " + status + why));
  }
}

package dev.hatchery.agent.http;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;

/** Sends requests to one address. */
public final class Http implements AutoCloseable {
  private final HttpClient client;
  private final String base;
  private final PlainMeter meter;

  Http(HttpClient client, URI base, PlainMeter meter) {
    this.client = client;
    this.meter = meter;
    String address = base.toString();
    this.base = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
  }

  public Reply get(String path, Map<String, String> headers, Duration patience)
      throws InterruptedException {
    return send(request(path, headers, patience).GET().build());
  }

  public Reply post(String path, Map<String, String> headers, byte[] body, Duration patience)
      throws InterruptedException {
    return send(
        request(path, headers, patience)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  private HttpRequest.Builder request(String path, Map<String, String> headers, Duration patience) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(base + path)).timeout(patience);
    headers.forEach(builder::setHeader);
    return builder;
  }

  private Reply send(HttpRequest request) throws InterruptedException {
    try {
      meter.sent(request);
      var response = client.send(request, _ -> new Body(meter));
      meter.answered(response.headers());
      return new Reply(response.statusCode(), response.headers(), response.body());
    } catch (HttpTimeoutException e) {
      throw unreachable(request, "no answer in time", e)
          .expected(request.timeout().map(Duration::toString).orElse(""));
    } catch (ConnectException e) {
      throw unreachable(request, "nobody takes the connection", e);
    } catch (SSLException e) {
      throw unreachable(request, "TLS: " + e.getMessage(), e)
          .fix("compare the server's certificate with the enrolment file's");
    } catch (IOException e) {
      throw unreachable(request, String.valueOf(e.getMessage()), e);
    }
  }

  private static Refusal unreachable(HttpRequest request, String got, IOException e) {
    URI uri = request.uri();
    return Refusal.of(Code.UNREACHABLE, "a service cannot be reached")
        .at(request.method() + " " + uri.getScheme() + "://" + uri.getAuthority() + uri.getPath())
        .got(got)
        .cause(e);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}

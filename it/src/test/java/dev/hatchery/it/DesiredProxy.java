package dev.hatchery.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Somebody between a device and its server: remembers every desired state, and can say an old one
 * again.
 */
final class DesiredProxy implements AutoCloseable {
  private static final Set<String> OURS =
      Set.of(
          "connection",
          "content-length",
          "host",
          "upgrade",
          "transfer-encoding",
          "date",
          "expect",
          "http2-settings");
  private final HttpServer http;
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI server;
  private final List<byte[]> desired = new CopyOnWriteArrayList<>();
  private final AtomicReference<byte @Nullable []> replayed = new AtomicReference<>();
  private final AtomicInteger replays = new AtomicInteger();

  private DesiredProxy(HttpServer http, URI server) {
    this.http = http;
    this.server = server;
  }

  static DesiredProxy before(URI server) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    DesiredProxy proxy = new DesiredProxy(http, server);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", proxy::handle);
    http.start();
    return proxy;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  List<byte[]> desiredStates() {
    return desired;
  }

  /** From now on every question for the desired state is answered with these bytes. */
  void replay(byte[] old) {
    replayed.set(old);
  }

  int replays() {
    return replays.get();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      boolean asksDesired = exchange.getRequestURI().getPath().equals("/device/v1/desired");
      byte[] old = replayed.get();
      if (asksDesired && old != null) {
        replays.incrementAndGet();
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, old.length);
        exchange.getResponseBody().write(old);
        return;
      }
      HttpResponse<byte[]> answer =
          client.send(forwarded(exchange), HttpResponse.BodyHandlers.ofByteArray());
      if (asksDesired && answer.statusCode() == 200) desired.add(answer.body());
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!OURS.contains(name.toLowerCase(Locale.ROOT)))
                  exchange.getResponseHeaders().put(name, values);
              });
      byte[] body = answer.body();
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) exchange.getResponseBody().write(body);
    } catch (IOException e) {
      // the device or the server has gone; the other sees a broken connection, as it would
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest forwarded(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OURS.contains(name.toLowerCase(Locale.ROOT)))
                values.forEach(value -> request.header(name, value));
            });
    return request.build();
  }

  @Override
  public void close() {
    http.stop(0);
    // Not close(): it would wait for the polls the server holds.
    client.shutdownNow();
  }
}

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
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A caching proxy of a site that knows nothing of Hatchery: what was answered with 200 is kept by
 * its path, and given to whoever asks for it or for its end.
 */
final class CachingProxy implements AutoCloseable {
  private static final Pattern FROM = Pattern.compile("bytes=(\\d+)-");

  private final HttpServer http;
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI server;
  // Guarded by itself: whoever comes second waits until the first has it.
  private final Map<String, byte[]> kept = new HashMap<>();
  private final AtomicInteger hits = new AtomicInteger();
  private final AtomicLong fetched = new AtomicLong();

  private CachingProxy(HttpServer http, URI server) {
    this.http = http;
    this.server = server;
  }

  static CachingProxy before(URI server) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    CachingProxy proxy = new CachingProxy(http, server);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", proxy::handle);
    http.start();
    return proxy;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** How often it had what it was asked for. */
  int hits() {
    return hits.get();
  }

  /** Bytes of bodies that it fetched itself. */
  long fetched() {
    return fetched.get();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      byte[] body = body(exchange);
      Matcher range = FROM.matcher(first(exchange, "Range"));
      int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
      if (from > 0) {
        String told = "bytes %d-%d/%d".formatted(from, body.length - 1, body.length);
        exchange.getResponseHeaders().add("Content-Range", told);
      }
      byte[] asked = Arrays.copyOfRange(body, from, body.length);
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, asked.length);
      exchange.getResponseBody().write(asked);
    } catch (IOException e) {
      // The device sees a broken connection, and asks the server.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] body(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().toString();
    synchronized (kept) {
      byte[] here = kept.get(path);
      if (here != null) {
        hits.incrementAndGet();
        return here;
      }
      HttpRequest request =
          HttpRequest.newBuilder(server.resolve(path))
              .header("Authorization", first(exchange, "Authorization"))
              .build();
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) throw new IOException("the server said " + answer);
      fetched.addAndGet(answer.body().length);
      kept.put(path, answer.body());
      return answer.body();
    }
  }

  private static String first(HttpExchange exchange, String header) {
    String value = exchange.getRequestHeaders().getFirst(header);
    return value == null ? "" : value;
  }

  @Override
  public void close() {
    http.stop(0);
    client.shutdownNow();
  }
}

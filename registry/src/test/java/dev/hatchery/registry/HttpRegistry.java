package dev.hatchery.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hatchery.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** The API over real HTTP, on loopback; one token may do everything, no token nothing. */
final class HttpRegistry implements AutoCloseable {
  static final Secret TOKEN = new Secret("test-token");

  private final OciApi api;
  private final Access access;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  final AtomicLong received = new AtomicLong();

  HttpRegistry(OciApi api, Access access) throws IOException {
    this.api = api;
    this.access = access;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v2", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      OciResponse response = api.handle(request(exchange));
      response.headers().forEach(exchange.getResponseHeaders()::set);
      long length = Long.parseLong(response.headers().getOrDefault("Content-Length", "0"));
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(response.status(), head || length == 0 ? -1 : length);
      if (head || length == 0) return;
      try (InputStream in = response.body().open();
          OutputStream out = exchange.getResponseBody()) {
        in.transferTo(out);
      }
    }
  }

  private OciRequest request(HttpExchange exchange) {
    Map<String, String> headers = new HashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    received.addAndGet(Long.parseLong(headers.getOrDefault("Content-length", "0")));
    boolean known =
        List.of("Bearer " + TOKEN.reveal())
            .equals(exchange.getRequestHeaders().get("Authorization"));
    return new OciRequest(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getRawPath().substring("/v2".length()),
        query(exchange.getRequestURI().getRawQuery()),
        headers,
        exchange.getRequestBody(),
        known ? access : Rights.NOBODY);
  }

  private static Map<String, String> query(@org.jspecify.annotations.Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    if (raw == null) return query;
    for (String pair : raw.split("&", -1)) {
      String[] both = pair.split("=", 2);
      query.put(
          both[0], both.length == 2 ? URLDecoder.decode(both[1], StandardCharsets.UTF_8) : "");
    }
    return query;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}

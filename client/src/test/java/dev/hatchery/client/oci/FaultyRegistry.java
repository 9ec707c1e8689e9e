package dev.hatchery.client.oci;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers as each test scripts it, rightly or wrongly, and remembers what it was asked. */
final class FaultyRegistry implements AutoCloseable {
  /** One request's answer. */
  @FunctionalInterface
  interface Script {
    void answer(Reply reply) throws IOException;
  }

  /** A request that came. */
  record Asked(String line, String authorization) {}

  /** What can be done with a request. */
  record Reply(HttpExchange exchange) {
    String line() {
      return exchange.getRequestMethod() + " " + exchange.getRequestURI();
    }

    Reply header(String name, String value) {
      exchange.getResponseHeaders().set(name, value);
      return this;
    }

    void send(int status, byte[] body) throws IOException {
      sendPart(status, body.length, body);
    }

    void send(int status) throws IOException {
      send(status, new byte[0]);
    }

    /** Announces another length than it sends. */
    void sendPart(int status, long announced, byte[] body) throws IOException {
      exchange.getRequestBody().readAllBytes();
      boolean none = announced == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, none ? -1 : announced);
      if (!none) exchange.getResponseBody().write(body);
      if (!none) exchange.getResponseBody().flush();
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());

  FaultyRegistry(Script script) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          String authorization = exchange.getRequestHeaders().getFirst("Authorization");
          Reply reply = new Reply(exchange);
          asked.add(new Asked(reply.line(), authorization == null ? "" : authorization));
          try (exchange) {
            script.answer(reply);
          }
        });
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

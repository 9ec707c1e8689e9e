package dev.hatchery.runner;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The routes as an HTTP server on loopback, one virtual thread per request. */
final class RunnerServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RunnerServer.class.getName());
  private static final int BACKLOG = 128;
  private static final int CONNECTIONS_MAX = 128;
  private static final int BODIES_MAX = 4;
  private static final Duration REQUEST_MAX = Duration.ofSeconds(30);
  private static final Duration STOP_MAX = Duration.ofSeconds(2);

  private final HttpServer http;
  private final ExecutorService threads;
  private final Routes routes;

  // Bodies held in memory at once; a slow sender keeps its place no longer than REQUEST_MAX.
  private final Semaphore bodies = new Semaphore(BODIES_MAX, true);

  // Requests under way. Who holds all of it knows that there are none: how close() waits for them.
  private final Semaphore underWay = new Semaphore(CONNECTIONS_MAX, true);

  private RunnerServer(HttpServer http, ExecutorService threads, Routes routes) {
    this.http = http;
    this.threads = threads;
    this.routes = routes;
  }

  /**
   * Sets what the JDK's server reads from system properties, before its first class is loaded.
   * Without {@code nodelay} a reply on a kept connection may wait 40 ms for an acknowledgement.
   */
  static void setProcessLimits() {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxReqTime", "" + REQUEST_MAX.toSeconds());
    System.setProperty("jdk.httpserver.maxConnections", "" + CONNECTIONS_MAX);
  }

  /**
   * Starts to answer.
   *
   * @param port 0 for any that is free
   * @throws Refusal when the port is taken
   */
  static RunnerServer start(int port, Routes routes) {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      HttpServer http = HttpServer.create(address, BACKLOG);
      var server = new RunnerServer(http, Executors.newVirtualThreadPerTaskExecutor(), routes);
      http.createContext("/", server::handle);
      http.setExecutor(server.threads);
      http.start();
      return server;
    } catch (IOException e) {
      throw Refusal.of(Code.UNREACHABLE, "the service cannot listen")
          .at(address.toString())
          .expected("a free port")
          .got(e)
          .fix("stop what listens there, or give another --port")
          .cause(e);
    }
  }

  int port() {
    return http.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    underWay.acquireUninterruptibly();
    try (exchange) {
      send(exchange, reply(exchange));
    } finally {
      underWay.release();
    }
  }

  // Whatever goes wrong with one request, an Error included, is that request's matter: the service
  // goes on, and the client is told.
  private Reply reply(HttpExchange exchange) {
    try {
      String path = exchange.getRequestURI().getPath();
      return routes.answer(exchange.getRequestMethod(), path, max -> read(exchange, max));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.problem(503, Refusal.of(Code.UNREACHABLE, "the service is stopping"));
    } catch (Refusal refusal) {
      return Reply.problem(refusal);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "a request failed", e);
      return Reply.problem(Refusal.of(Code.INTERNAL, "the request failed; the log says why"));
    }
  }

  private byte[] read(HttpExchange exchange, long max) throws InterruptedException {
    bodies.acquire();
    try {
      byte[] body = exchange.getRequestBody().readNBytes((int) max + 1);
      if (body.length > max) {
        throw Refusal.of(Code.TOO_LARGE, "the request body is too large")
            .expected("at most " + max + " bytes");
      }
      return body;
    } catch (IOException e) {
      throw Refusal.of(Code.BAD_INPUT, "the request body broke off").got(e).cause(e);
    } finally {
      bodies.release();
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(reply.status(), reply.body().size());
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(reply.body().toArray());
    }
  }

  /** Answers what is under way, for a short while, and nothing more. */
  @Override
  public void close() {
    try {
      boolean answered =
          underWay.tryAcquire(CONNECTIONS_MAX, STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
      if (!answered) {
        LOG.log(System.Logger.Level.WARNING, "a request is cut off after {0}", STOP_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // The JDK's own waiting takes its whole time even when there is nothing to wait for.
    http.stop(0);
    threads.shutdownNow();
  }
}

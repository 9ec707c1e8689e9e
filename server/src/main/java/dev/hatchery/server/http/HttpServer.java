package dev.hatchery.server.http;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.log.Log;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Serves routes. */
public final class HttpServer implements AutoCloseable {
  private static final Log LOG = Log.of(HttpServer.class);
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private final Guard guard;
  private final SecureRandom random = new SecureRandom();
  private final Semaphore atWork = new Semaphore(Limits.AT_WORK);
  private final BodyBudget budget = BodyBudget.ofThisMachine();
  private final Javalin javalin;

  private HttpServer(
      InetSocketAddress address, Optional<Tls> tls, List<Route> routes, Guard guard) {
    this.guard = guard;
    this.javalin = Javalin.create(config -> configure(config, address, tls, routes));
  }

  /** Starts serving; port 0 takes a free one. */
  public static HttpServer start(
      InetSocketAddress address, Optional<Tls> tls, List<Route> routes, Guard guard) {
    var server = new HttpServer(address, tls, routes, guard);
    server.javalin.start();
    return server;
  }

  public int port() {
    return javalin.port();
  }

  /** Refuses new requests, lets those under way finish for a moment, then ends. */
  @Override
  public void close() {
    javalin.stop();
  }

  private void configure(
      JavalinConfig config, InetSocketAddress address, Optional<Tls> tls, List<Route> routes) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.http.prefer405over404 = true;
    config.http.generateEtags = false;
    config.http.compressionStrategy = io.javalin.compression.CompressionStrategy.NONE;
    config.http.asyncTimeout = 0; // parked exchanges carry their own
    Jetty.configure(config.jetty, address, tls);
    for (Route route : withHeads(routes)) {
      config.routes.addHttpHandler(
          HandlerType.findOrCreate(route.method().name()), route.path(), ctx -> serve(route, ctx));
    }
    config.routes.error(404, this::unrouted);
    config.routes.error(405, this::unrouted);
  }

  // Left to itself, Javalin answers HEAD wherever there is a GET, and asks nobody.
  private static List<Route> withHeads(List<Route> routes) {
    Set<String> heads = new HashSet<>();
    for (Route route : routes) if (route.method() == Method.HEAD) heads.add(route.path());
    List<Route> all = new ArrayList<>(routes);
    for (Route route : routes) {
      if (route.method() == Method.GET && heads.add(route.path())) all.add(route.as(Method.HEAD));
    }
    return all;
  }

  private void serve(Route route, Context context) {
    String id = requestId(context);
    context.header("X-Request-Id", id);
    var exchange = new JavalinExchange(context, route, id, budget);
    switch (outcome(route, exchange)) {
      case Answer answer -> send(context, exchange, answer);
      case Outcome.Parked parked ->
          context.future(
              () ->
                  parked
                      .later()
                      .handle((answer, failure) -> whole(route, exchange, answer, failure))
                      .thenAccept(answer -> send(context, exchange, answer)));
    }
  }

  private Answer whole(Route route, Exchange exchange, Answer answer, @Nullable Throwable failure) {
    if (failure == null) return answer;
    boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
    return refused(route, exchange, wrapped ? failure.getCause() : failure);
  }

  private Outcome outcome(Route route, JavalinExchange exchange) {
    boolean entered = false;
    try {
      entered = atWork.tryAcquire(Limits.AT_WORK_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (!entered) {
        throw Refusal.of(Code.RATE_LIMITED, "the server has too much to do")
            .fix("try again in a moment");
      }
      exchange.admitted(guard.admit(route, exchange));
      return route.handler().handle(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refused(route, exchange, e);
    } catch (RuntimeException | Error e) {
      return refused(route, exchange, e);
    } finally {
      exchange.release();
      if (entered) atWork.release();
    }
  }

  private static Answer refused(Route route, Exchange exchange, @Nullable Throwable failure) {
    return route.refused().apply(refusal(exchange, failure));
  }

  private static Refusal refusal(Exchange exchange, @Nullable Throwable failure) {
    if (failure instanceof Refusal refusal && refusal.code() != Code.INTERNAL) {
      LOG.debug("http.refused", "request", exchange.requestId(), "why", refusal.problem().line());
      return refusal;
    }
    if (failure instanceof UncheckedIOException) {
      // The sender went away or was too slow; hardly anybody reads the answer.
      LOG.debug("http.lost", "request", exchange.requestId(), "why", failure);
      return Refusal.of(Code.TRUNCATED, "the request did not arrive whole");
    }
    LOG.error("http.failed", failure, "request", exchange.requestId(), "path", exchange.path());
    return Refusal.of(Code.INTERNAL, "the server failed to do this")
        .at("request " + exchange.requestId())
        .fix("look for this request in the server's log");
  }

  private static void send(Context context, Exchange exchange, Answer answer) {
    try {
      // A refusal may come before the body was looked at; what follows on the connection must be a
      // request again.
      if (!Limits.drained(context.req().getInputStream())) context.header("Connection", "close");
      Sending.send(context, exchange.method(), answer);
    } catch (java.io.IOException e) {
      LOG.debug(
          "http.lost", "request", exchange.requestId(), "why", String.valueOf(e.getMessage()));
    }
  }

  private void unrouted(Context context) {
    // A handler's own 404 has its problem document already.
    if (context.res().getHeader("X-Request-Id") != null) return;
    context.header("X-Request-Id", requestId(context));
    Answer answer =
        Answer.problem(
            Refusal.of(Code.NOT_FOUND, "there is no such route")
                .got(context.method().name() + " " + context.path()));
    try {
      Sending.send(
          context, Method.GET, new Answer(context.statusCode(), answer.headers(), answer.body()));
    } catch (java.io.IOException e) {
      LOG.debug("http.lost", "why", String.valueOf(e.getMessage()));
    }
  }

  private String requestId(Context context) {
    String given = context.header("X-Request-Id");
    if (given != null && REQUEST_ID.matcher(given).matches()) return given;
    byte[] bytes = new byte[8];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}

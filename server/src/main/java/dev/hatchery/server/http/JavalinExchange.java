package dev.hatchery.server.http;

import dev.hatchery.core.DataSize;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request of Javalin's. */
final class JavalinExchange implements Exchange {
  private final Context context;
  private final Route route;
  private final String requestId;
  private final BodyBudget budget;
  private int taken;
  private Caller caller = new Caller.Anyone();
  private byte @Nullable [] body; // read once, from the one thread that handles the request

  JavalinExchange(Context context, Route route, String requestId, BodyBudget budget) {
    this.budget = budget;
    this.context = context;
    this.route = route;
    this.requestId = requestId;
  }

  void admitted(Caller caller) {
    this.caller = caller;
  }

  /** The handler is done with the body. */
  void release() {
    budget.giveBack(taken);
    taken = 0;
  }

  @Override
  public Method method() {
    return route.method();
  }

  @Override
  public String path() {
    return context.path();
  }

  @Override
  public String rawPath() {
    return context.req().getRequestURI();
  }

  @Override
  public String part(String name) {
    return context.pathParam(name);
  }

  @Override
  public Optional<String> query(String name) {
    return Optional.ofNullable(context.queryParam(name));
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(context.header(name));
  }

  @Override
  public Map<String, String> queries() {
    Map<String, String> first = new TreeMap<>();
    context.queryParamMap().forEach((name, values) -> first.put(name, values.getFirst()));
    return first;
  }

  @Override
  public Map<String, String> headers() {
    return new TreeMap<>(context.headerMap());
  }

  @Override
  public byte[] body() {
    if (body == null) {
      long declared = context.req().getContentLengthLong();
      Limits.requireDeclared(declared, route.bodyMax());
      taken = budget.take(declared < 0 ? route.bodyMax() : new DataSize(declared));
      body = Limits.all(raw(), route.bodyMax());
    }
    return body.clone();
  }

  @Override
  public InputStream bodyStream() {
    return Limits.cut(raw(), route.bodyMax());
  }

  private InputStream raw() {
    try {
      return context.req().getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String remote() {
    return context.req().getRemoteAddr();
  }

  @Override
  public Caller caller() {
    return caller;
  }

  @Override
  public String requestId() {
    return requestId;
  }
}

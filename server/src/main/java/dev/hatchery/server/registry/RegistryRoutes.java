package dev.hatchery.server.registry;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.registry.OciApi;
import dev.hatchery.registry.OciRequest;
import dev.hatchery.registry.OciResponse;
import dev.hatchery.registry.RegistryLimits;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.orders.Assigned;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Tree;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Adapts {@link OciApi} to our web server. */
public final class RegistryRoutes {
  private static final String PREFIX = "/v2";

  private final OciApi api;
  private final Assigned assigned;
  private final DataSize bodyMax;

  public RegistryRoutes(OciApi api, Assigned assigned, RegistryLimits limits) {
    this.api = api;
    this.assigned = assigned;
    this.bodyMax = limits.blob();
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (Method method : Method.values()) {
      for (String path : List.of(PREFIX + "/", PREFIX + "/<rest>")) {
        routes.add(
            new Route(
                method,
                path,
                Access.DEVICE_OR_OPERATOR,
                bodyMax,
                this::answer,
                RegistryRoutes::refused));
      }
    }
    return routes;
  }

  private Answer answer(Exchange exchange) {
    return switch (exchange.caller()) {
      case Caller.Operator _ -> handle(exchange, new Operators());
      case Caller.Device device -> forDevice(exchange, device);
      case Caller.Updater _ -> throw new AssertionError("the doorkeeper lets no updater in");
      case Caller.Anyone() -> throw new AssertionError("the doorkeeper lets nobody unknown in");
    };
  }

  // What is not the device's does not exist for it, whether it does or not.
  private Answer forDevice(Exchange exchange, Caller.Device device) {
    Answer answer = handle(exchange, new Devices(device, assigned));
    return answer.status() == 403 ? refused(notFound()) : answer;
  }

  private Answer handle(Exchange exchange, dev.hatchery.registry.Access access) {
    OciResponse response =
        api.handle(
            new OciRequest(
                exchange.method().name(),
                exchange.rawPath().substring(PREFIX.length()),
                exchange.queries(),
                exchange.headers(),
                exchange.bodyStream(),
                access));
    return new Answer(response.status(), response.headers(), body(response, exchange.method()));
  }

  private static Answer.Body body(OciResponse response, Method method) {
    long length = Long.parseLong(response.headers().getOrDefault("Content-Length", "0"));
    if (method == Method.HEAD) return new Answer.LengthOnly(length);
    return switch (response.body()) {
      case OciResponse.Body.Empty _ -> new Answer.Empty();
      case OciResponse.Body.Whole whole -> new Answer.Memory(whole.bytes());
      case OciResponse.Body.Slice slice -> {
        InputStream in = slice.open();
        yield new Answer.Streamed(in, slice.length());
      }
    };
  }

  /** A refusal of ours in the form that OCI clients read (distribution-spec 1.1, Error codes). */
  static Answer refused(Refusal refusal) {
    String word =
        switch (refusal.code().httpStatus()) {
          case 401 -> "UNAUTHORIZED";
          case 403 -> "DENIED";
          case 404 -> "BLOB_UNKNOWN";
          case 413 -> "SIZE_INVALID";
          case 429 -> "TOOMANYREQUESTS";
          default -> "UNKNOWN";
        };
    var error = Tree.object().put("code", word).put("message", refusal.problem().line()).done();
    byte[] body = Json.write(Tree.object().list("errors", List.of(error), true, e -> e).done());
    Answer answer = Answer.json(refusal.code().httpStatus(), body);
    // Basic, since that needs no second service; clients of ours send the token as a bearer.
    return refusal.code() == Code.UNAUTHENTICATED
        ? answer.with("WWW-Authenticate", "Basic realm=\"hatchery\"")
        : answer;
  }

  private static Refusal notFound() {
    return Refusal.of(Code.NOT_FOUND, "there is no such blob");
  }

  private static final class Operators implements dev.hatchery.registry.Access {
    @Override
    public boolean known() {
      return true;
    }

    @Override
    public boolean mayPull(Name repo, Digest content) {
      return true;
    }

    @Override
    public boolean mayPull(Name repo, String tag) {
      return true;
    }

    @Override
    public boolean mayList(Name repo) {
      return true;
    }

    @Override
    public boolean mayPush(Name repo) {
      return true;
    }
  }

  private record Devices(Caller.Device device, Assigned assigned)
      implements dev.hatchery.registry.Access {
    @Override
    public boolean known() {
      return true;
    }

    @Override
    public boolean mayPull(Name repo, Digest content) {
      return assigned.may(device.id(), repo, content);
    }

    @Override
    public boolean mayPull(Name repo, String tag) {
      return false;
    }

    @Override
    public boolean mayList(Name repo) {
      return false;
    }

    @Override
    public boolean mayPush(Name repo) {
      return false;
    }
  }
}

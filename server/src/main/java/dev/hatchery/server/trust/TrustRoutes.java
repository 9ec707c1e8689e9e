package dev.hatchery.server.trust;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Trust;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.DirectorView;
import dev.hatchery.wire.api.TrustView;
import java.util.List;

/** Trust and policy: operators bring them, devices fetch them. */
public final class TrustRoutes {
  private final TrustStore trust;
  private final Reissue reissue;
  private final Mutations mutations;

  public TrustRoutes(TrustStore trust, Reissue reissue, Mutations mutations) {
    this.trust = trust;
    this.reissue = reissue;
    this.mutations = mutations;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/api/v1/director", Access.OPERATOR, _ -> director()),
        mutations.route(Method.PUT, "/api/v1/trust", TrustStore.TRUST_MAX, this::putTrust),
        mutations.route(Method.PUT, "/api/v1/policy", TrustStore.POLICY_MAX, this::putPolicy),
        Route.get("/device/v1/trust/{version}", Access.DEVICE, this::trust),
        Route.get("/device/v1/policy", Access.DEVICE, _ -> policy()));
  }

  private Answer director() {
    return Answer.json(Api.DIRECTOR, new DirectorView(trust.director()));
  }

  private Change putTrust(Exchange exchange) {
    Envelope envelope = envelope(exchange, TrustStore.TRUST_MAX);
    return tx -> {
      Trust next = trust.put(tx, envelope, exchange.caller().name(), reissue);
      return Answer.json(Api.TRUST, new TrustView(next.version(), next.expires()));
    };
  }

  private Change putPolicy(Exchange exchange) {
    Envelope envelope = envelope(exchange, TrustStore.POLICY_MAX);
    return tx -> {
      Policy next = trust.putPolicy(tx, envelope, exchange.caller().name(), reissue);
      return Answer.json(Api.TRUST, new TrustView(next.version(), next.expires()));
    };
  }

  private Answer trust(Exchange exchange) {
    long version = exchange.part("version", TrustRoutes::version);
    return trust
        .envelope(version)
        .map(envelope -> Answer.json(Wire.ENVELOPE, envelope))
        .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "there is no such trust document"));
  }

  private Answer policy() {
    return trust
        .policyEnvelope()
        .map(envelope -> Answer.json(Wire.ENVELOPE, envelope))
        .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "there is no policy"));
  }

  private static Envelope envelope(Exchange exchange, DataSize max) {
    return Wire.ENVELOPE.parse(exchange.body(), max, "request body");
  }

  private static long version(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Refusal.of(Code.NOT_FOUND, "this is not a version").got(text).cause(e);
    }
  }
}

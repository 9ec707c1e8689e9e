package dev.hatchery.server.devices;

import dev.hatchery.core.DataSize;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.trust.TrustStore;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import dev.hatchery.wire.api.EnrolmentTokenView;
import java.util.List;
import java.util.function.Supplier;

/** {@code POST /api/v1/enrolment-tokens}: makes the file with which devices join. */
public final class EnrolmentTokenRoutes {
  private static final DataSize REQUEST_MAX = DataSize.kib(8);

  private final EnrolmentTokens tokens;
  private final TrustStore trust;
  private final Supplier<Invitation> invitation;
  private final AuditLog audit;
  private final Mutations mutations;

  public EnrolmentTokenRoutes(
      EnrolmentTokens tokens,
      TrustStore trust,
      Supplier<Invitation> invitation,
      AuditLog audit,
      Mutations mutations) {
    this.tokens = tokens;
    this.trust = trust;
    this.invitation = invitation;
    this.audit = audit;
    this.mutations = mutations;
  }

  public List<Route> routes() {
    return List.of(
        mutations.secretRoute(Method.POST, "/api/v1/enrolment-tokens", REQUEST_MAX, this::make));
  }

  private Change make(Exchange exchange) {
    EnrolmentTokenRequest request =
        Api.ENROLMENT_TOKEN_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body");
    Invitation here = invitation.get();
    var envelope = trust.requireEnvelope();
    return tx -> {
      var made = tokens.make(tx, request.maxUses(), request.validFor());
      audit.append(
          tx,
          exchange.caller().name(),
          "enrolment-token.create",
          made.id(),
          request.maxUses() + " uses until " + made.expires());
      var file = new EnrolmentFile(here.server(), here.caCertificates(), envelope, made.secret());
      return Answer.json(
          Api.ENROLMENT_TOKEN, new EnrolmentTokenView(made.id(), made.expires(), file));
    };
  }
}

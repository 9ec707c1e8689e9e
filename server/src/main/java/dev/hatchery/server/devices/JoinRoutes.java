package dev.hatchery.server.devices;

import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.server.auth.AccessTokens;
import dev.hatchery.server.auth.Buckets;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.TokenAnswer;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import java.util.List;
import java.util.function.Supplier;

/** How devices come in: they join once, and then fetch an access token every few minutes. */
public final class JoinRoutes {
  private static final DataSize REQUEST_MAX = DataSize.kib(8);

  private final Enrolment enrolment;
  private final Assertions assertions;
  private final AccessTokens access;
  private final Buckets failures;
  private final Signatures signatures;

  /** What a device shows. */
  private record Shown(DeviceId device, String assertion) {}

  /**
   * The routes.
   *
   * @param failures bounds failed attempts per address; those that succeed are not counted, for a
   *     thousand devices may join from one address
   * @param signatures how devices sign
   */
  public JoinRoutes(
      Enrolment enrolment,
      Assertions assertions,
      AccessTokens access,
      Buckets failures,
      Signatures signatures) {
    this.enrolment = enrolment;
    this.assertions = assertions;
    this.access = access;
    this.failures = failures;
    this.signatures = signatures;
  }

  public List<Route> routes() {
    return List.of(
        new Route(Method.POST, "/device/v1/enroll", Access.OPEN, Enrolment.MAX_SIZE, this::enrol),
        new Route(Method.POST, "/device/v1/token", Access.OPEN, REQUEST_MAX, this::token));
  }

  private Answer enrol(Exchange exchange) {
    return counted(
        exchange,
        () -> {
          var envelope = Wire.ENVELOPE.parse(exchange.body(), Enrolment.MAX_SIZE, "request body");
          return Answer.json(
              Wire.ENROL_ANSWER, enrolment.join(Enrolment.verify(envelope, signatures)));
        });
  }

  private Answer token(Exchange exchange) {
    return counted(
        exchange,
        () -> {
          Shown shown =
              Fields.read(
                  Json.parse(exchange.body(), REQUEST_MAX, "request body"),
                  f -> new Shown(f.parsed("device", DeviceId::new), f.text("assertion")));
          Device device = assertions.take(shown.assertion);
          if (!device.id().equals(shown.device)) {
            throw Refusal.of(Code.UNAUTHENTICATED, "this assertion is another device's");
          }
          Secret token = access.issue(device.id());
          return Answer.json(Wire.TOKEN_ANSWER, new TokenAnswer(token, AccessTokens.LIFETIME));
        });
  }

  private Answer counted(Exchange exchange, Supplier<Answer> work) {
    try {
      return work.get();
    } catch (Refusal refusal) {
      if (refusal.code() == Code.UNAUTHENTICATED && !failures.take(exchange.remote())) {
        throw Refusal.of(Code.RATE_LIMITED, "too many failed attempts from this address")
            .fix("wait a minute")
            .cause(refusal);
      }
      throw refusal;
    }
  }
}

package dev.hatchery.server.auth;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Guard;
import dev.hatchery.server.http.Route;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds out who a sender is, and lets in whom the route takes. */
public final class Doorkeeper implements Guard {
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private final OperatorTokens operators;
  private final AccessTokens devices;
  private final Predicate<DeviceId> enrolled;
  private final Buckets perDevice;

  /**
   * A doorkeeper.
   *
   * @param enrolled whether a device still belongs to the fleet
   * @param perDevice bounds how often one device may knock
   */
  public Doorkeeper(
      OperatorTokens operators,
      AccessTokens devices,
      Predicate<DeviceId> enrolled,
      Buckets perDevice) {
    this.operators = operators;
    this.devices = devices;
    this.enrolled = enrolled;
    this.perDevice = perDevice;
  }

  @Override
  public Caller admit(Route route, Exchange exchange) {
    return switch (route.access()) {
      case OPEN -> new Caller.Anyone();
      case OPERATOR ->
          identify(exchange) instanceof Caller.Operator operator ? operator : refuse("an operator");
      case OPERATOR_OR_UPDATER ->
          switch (identify(exchange)) {
            case Caller.Operator operator -> operator;
            case Caller.Updater updater -> updater;
            case Caller.Device _, Caller.Anyone _ -> refuse("an operator or updater");
          };
      case DEVICE ->
          identify(exchange) instanceof Caller.Device device ? paced(device) : refuse("a device");
      case DEVICE_OR_OPERATOR ->
          switch (identify(exchange)) {
            case Caller.Operator operator -> operator;
            case Caller.Device device -> device; // it fetches many files: that is not paced
            case Caller.Updater _, Caller.Anyone _ -> refuse("a device or an operator");
          };
    };
  }

  /** A device, an operator or an updater; refuses whoever is none. */
  private Caller identify(Exchange exchange) {
    Optional<Secret> shown = exchange.header("Authorization").flatMap(Doorkeeper::token);
    if (shown.isEmpty()) {
      throw Refusal.of(Code.UNAUTHENTICATED, "this needs a token")
          .expected("Authorization: Bearer <token>");
    }
    Optional<DeviceId> device = devices.check(shown.get()).filter(enrolled);
    if (device.isPresent()) return new Caller.Device(device.get());
    Optional<Caller> known = operators.holder(shown.get());
    if (known.isPresent()) return known.get();
    throw Refusal.of(Code.UNAUTHENTICATED, "this token is not known, or it has expired")
        .fix("a device asks for a new one; an operator looks at the file it was written to");
  }

  // OCI clients know Basic only: the token is the password, whatever the name.
  private static Optional<Secret> token(String header) {
    if (header.startsWith(BEARER)) return Optional.of(new Secret(header.substring(7).strip()));
    if (!header.startsWith(BASIC)) return Optional.empty();
    try {
      byte[] pair = Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
      String text = new String(pair, StandardCharsets.UTF_8);
      return Optional.of(new Secret(text.substring(text.indexOf(':') + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Caller paced(Caller.Device device) {
    if (perDevice.take(device.id().value())) return device;
    throw Refusal.of(Code.RATE_LIMITED, "this device asks too often")
        .fix("wait as long as the last answer said");
  }

  private static Caller refuse(String who) {
    throw Refusal.of(Code.FORBIDDEN, "this token does not open this route").expected(who);
  }
}

package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/**
 * How a device says who it is: a JWT (RFC 7519) that its own key signs, used once to fetch an
 * access token (RFC 7523). Only the two algorithms of our keys exist here, and the key decides
 * which one it must be; what the header says can only be wrong, never a choice.
 *
 * @param id the JWT's {@code jti}; whoever accepts it remembers it for the maximum age and {@link
 *     #SKEW} and refuses it a second time
 */
public record Assertion(DeviceId device, Instant issuedAt, String id) {
  /** How far a device's clock may be ahead. */
  public static final Duration SKEW = Duration.ofSeconds(30);

  /** What {@link #verify} is meant to be called with. */
  public static final Duration MAX_AGE = Duration.ofSeconds(60);

  private static final DataSize MAX_SIZE = DataSize.kib(4);
  private static final int MAX_ID = 128;
  private static final int MAX_AUDIENCE = 512;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private record Parts(Node header, Node claims, Bytes signed, Bytes signature) {}

  private record Claims(Assertion assertion, String audience, Instant expires) {}

  public Assertion {
    if (id.isEmpty() || id.length() > MAX_ID) {
      throw Refusal.of(Code.BAD_INPUT, "an assertion needs an id")
          .expected("1 to " + MAX_ID + " characters");
    }
  }

  /**
   * A compact JWT.
   *
   * @param now rounded down to a second
   * @param jti never used twice by this device
   */
  public static String sign(
      SigningKey key, DeviceId device, String audience, Instant now, String jti) {
    var assertion = new Assertion(device, Instant.ofEpochSecond(now.getEpochSecond()), jti);
    String signed =
        encode(header(key.publicKey().algorithm())) + "." + encode(assertion.claims(audience));
    Bytes signature = key.signRaw(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + ENCODER.encodeToString(signature.toArray());
  }

  /**
   * Whom this claims to be from, to find the key with which to {@link #verify} it. Nothing has been
   * checked.
   */
  public static DeviceId claimedDevice(String jwt) {
    return unauthenticatedOnRefusal(() -> read(split(jwt).claims).assertion.device);
  }

  /** The assertion, if this key signed it for this audience at most {@code maxAge} ago. */
  public static Assertion verify(
      String jwt, TrustedKey key, String audience, Instant now, Duration maxAge) {
    return unauthenticatedOnRefusal(() -> checked(jwt, key, audience, now, maxAge));
  }

  private static Assertion checked(
      String jwt, TrustedKey key, String audience, Instant now, Duration maxAge) {
    Parts parts = split(jwt);
    requireHeader(parts.header, key.algorithm());
    if (!PublicKeys.verifyRaw(key, parts.signed.toArray(), parts.signature)) {
      throw unauthenticated("the device's key did not sign this").expected(key.id());
    }
    Claims claims = read(parts.claims);
    if (!claims.audience.equals(audience)) {
      throw unauthenticated("this is for another server").expected(audience).got(claims.audience);
    }
    Instant issued = claims.assertion.issuedAt;
    if (issued.isAfter(now.plus(SKEW))
        || issued.isBefore(now.minus(maxAge))
        || claims.expires.isBefore(now)) {
      throw unauthenticated("this is not of now")
          .expected("issued at most " + maxAge.toSeconds() + " s before " + now)
          .got(issued)
          .fix("set the device's clock");
    }
    return claims.assertion;
  }

  private static Parts split(String jwt) {
    if (jwt.length() > MAX_SIZE.bytes()) {
      throw unauthenticated("a JWT is too long").expected("at most " + MAX_SIZE);
    }
    List<String> parts = Arrays.asList(jwt.split("\\.", -1));
    if (parts.size() != 3) {
      throw unauthenticated("this is not a JWT").expected("three parts").got(parts.size());
    }
    String signed = parts.get(0) + "." + parts.get(1);
    return new Parts(
        Json.parse(decode(parts.get(0)), MAX_SIZE, "JWT header"),
        Json.parse(decode(parts.get(1)), MAX_SIZE, "JWT claims"),
        Bytes.utf8(signed),
        Bytes.of(decode(parts.get(2))));
  }

  private static void requireHeader(Node header, Algorithm algorithm) {
    String got =
        Fields.read(
            header,
            f -> {
              String type = f.text("typ", "JWT");
              return type.equals("JWT") ? f.text("alg") : "another type, " + type;
            });
    if (!got.equals(name(algorithm))) {
      throw unauthenticated("this is not how the device's key signs")
          .expected(name(algorithm))
          .got(got);
    }
  }

  private static Claims read(Node claims) {
    return Fields.read(
        claims,
        f -> {
          DeviceId issuer = f.parsed("iss", DeviceId::new);
          DeviceId subject = f.parsed("sub", DeviceId::new);
          String audience = f.text("aud");
          Instant issued = instant(f.integer("iat"));
          Instant expires = instant(f.integer("exp"));
          if (!issuer.equals(subject)
              || audience.length() > MAX_AUDIENCE
              || !expires.isAfter(issued)) {
            throw unauthenticated("a device's claims do not fit together");
          }
          return new Claims(new Assertion(subject, issued, f.text("jti")), audience, expires);
        });
  }

  private Node claims(String audience) {
    return Tree.object()
        .put("iss", device)
        .put("sub", device)
        .put("aud", audience)
        .put("iat", issuedAt.getEpochSecond())
        .put("exp", issuedAt.plus(MAX_AGE).getEpochSecond())
        .put("jti", id)
        .done();
  }

  private static Node header(Algorithm algorithm) {
    return Tree.object().put("alg", name(algorithm)).put("typ", "JWT").done();
  }

  // RFC 7518, 3.4, and RFC 8037, 3.1
  private static String name(Algorithm algorithm) {
    return switch (algorithm) {
      case ECDSA_P256 -> "ES256";
      case ED25519 -> "EdDSA";
    };
  }

  // A bound that no clock reaches and no arithmetic overflows: the year 9999.
  private static Instant instant(long epochSecond) {
    if (epochSecond < 0 || epochSecond > 253_402_300_799L) {
      throw unauthenticated("a time is out of range").got(epochSecond);
    }
    return Instant.ofEpochSecond(epochSecond);
  }

  private static String encode(Node node) {
    return ENCODER.encodeToString(Json.write(node));
  }

  // RFC 7515, 2: no padding; and one spelling per value, so that a JWT cannot be varied.
  private static byte[] decode(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (ENCODER.encodeToString(bytes).equals(text)) return bytes;
    } catch (IllegalArgumentException e) {
      throw unauthenticated("a part of a JWT is not base64url").cause(e);
    }
    throw unauthenticated("a part of a JWT is not base64url in its one form");
  }

  private static Refusal unauthenticated(String title) {
    return Refusal.of(Code.UNAUTHENTICATED, title);
  }

  // What is malformed proves nothing either: one code for whoever answers.
  private static <T> T unauthenticatedOnRefusal(Supplier<T> work) {
    try {
      return work.get();
    } catch (Refusal refusal) {
      if (refusal.code() == Code.UNAUTHENTICATED) throw refusal;
      var p = refusal.problem();
      throw unauthenticated(p.title())
          .at(p.where())
          .expected(p.expected())
          .got(p.got())
          .cause(refusal);
    }
  }
}

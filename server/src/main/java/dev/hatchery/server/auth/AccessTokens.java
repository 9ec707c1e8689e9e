package dev.hatchery.server.auth;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Devices' tokens: {@code hta_<device>.<expiry>.<mac>}, where the MAC is HMAC-SHA-256 of this
 * server's secret. Nothing is stored; a token ends by its expiry, or with its device.
 */
public final class AccessTokens {
  public static final String PREFIX = "hta_";
  public static final Duration LIFETIME = Duration.ofMinutes(15);
  private static final int MAX_LENGTH = 512;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final SecretKeySpec key;
  private final InstantSource clock;

  /**
   * Makes and checks tokens.
   *
   * @param secret 32 random bytes, this server's own
   */
  public AccessTokens(byte[] secret, InstantSource clock) {
    this.key = new SecretKeySpec(secret, "HmacSHA256");
    this.clock = clock;
  }

  public Secret issue(DeviceId device) {
    long expiry = clock.instant().plus(LIFETIME).getEpochSecond();
    String name =
        ENCODER.encodeToString(device.value().getBytes(StandardCharsets.UTF_8)) + "." + expiry;
    return new Secret(PREFIX + name + "." + ENCODER.encodeToString(mac(name)));
  }

  /** Whose token this is, if it is one and has not expired. */
  public Optional<DeviceId> check(Secret token) {
    String text = token.reveal();
    if (text.length() > MAX_LENGTH || !text.startsWith(PREFIX)) return Optional.empty();
    List<String> parts = List.of(text.substring(PREFIX.length()).split("\\.", -1));
    if (parts.size() != 3) return Optional.empty();
    String name = parts.get(0) + "." + parts.get(1);
    byte[] expected = ENCODER.encode(mac(name));
    if (!MessageDigest.isEqual(expected, parts.get(2).getBytes(StandardCharsets.UTF_8))) {
      return Optional.empty();
    }
    return read(parts);
  }

  // The MAC holds, so these are our own words.
  private Optional<DeviceId> read(List<String> parts) {
    try {
      var expiry = Instant.ofEpochSecond(Long.parseLong(parts.get(1)));
      if (!clock.instant().isBefore(expiry)) return Optional.empty();
      byte[] name = Base64.getUrlDecoder().decode(parts.get(0));
      return Optional.of(new DeviceId(new String(name, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException | Refusal e) {
      return Optional.empty();
    }
  }

  private byte[] mac(String name) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }
}

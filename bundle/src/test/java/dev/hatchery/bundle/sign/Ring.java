package dev.hatchery.bundle.sign;

import static java.util.stream.Collectors.toSet;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Keys for tests, and trust documents that name them. */
public record Ring(Map<Role, List<SigningKey>> keys, Map<Role, Integer> thresholds) {
  public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  public static final Instant EXPIRES = Instant.parse("2027-06-01T12:00:00Z");

  /** Two root keys (both must sign), two release keys, one policy and one director key. */
  public static Ring make() {
    Map<Role, List<SigningKey>> keys = new EnumMap<>(Role.class);
    keys.put(Role.ROOT, List.of(key(Algorithm.ECDSA_P256), key(Algorithm.ED25519)));
    keys.put(Role.RELEASE, List.of(key(Algorithm.ECDSA_P256), key(Algorithm.ED25519)));
    keys.put(Role.POLICY, List.of(key(Algorithm.ED25519)));
    keys.put(Role.DIRECTOR, List.of(key(Algorithm.ECDSA_P256)));
    return new Ring(keys, Map.of(Role.ROOT, 2, Role.RELEASE, 1, Role.POLICY, 1, Role.DIRECTOR, 1));
  }

  private static SigningKey key(Algorithm algorithm) {
    return SigningKey.generate(algorithm);
  }

  /** The same key whenever it is asked for, so that a seed gives the same inputs again. */
  static SigningKey fixed(Algorithm algorithm, int number) {
    // PKCS#8 up to the 32 bytes of the secret: RFC 8410; RFC 5915 without the public half.
    String head =
        switch (algorithm) {
          case ED25519 -> "302e020100300506032b657004220420";
          case ECDSA_P256 ->
              "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";
        };
    byte[] der = HexFormat.of().parseHex(head + Digest.of(new byte[] {(byte) number}).hex());
    return SigningKey.parse(Pem.write(SigningKey.LABEL, der), "fixed key " + number);
  }

  /** As {@link #make}, but with Ed25519 keys that are always the same. */
  static Ring fixed() {
    Map<Role, List<SigningKey>> keys = new EnumMap<>(Role.class);
    int number = 0;
    for (Role role : Role.values()) {
      keys.put(
          role, List.of(fixed(Algorithm.ED25519, ++number), fixed(Algorithm.ED25519, ++number)));
    }
    return new Ring(keys, Map.of(Role.ROOT, 2));
  }

  public Ring with(Role role, int threshold, SigningKey... holders) {
    Map<Role, List<SigningKey>> changed = new EnumMap<>(keys);
    changed.put(role, List.of(holders));
    Map<Role, Integer> changedThresholds = new EnumMap<>(thresholds);
    changedThresholds.put(role, threshold);
    return new Ring(changed, changedThresholds);
  }

  public List<SigningKey> of(Role role) {
    return keys.getOrDefault(role, List.of());
  }

  public Trust trust(long version) {
    return trust(version, EXPIRES);
  }

  public Trust trust(long version, Instant expires) {
    Map<Digest, TrustedKey> named = new HashMap<>();
    Map<Role, Trust.Keyholders> roles = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      of(role).forEach(key -> named.put(key.id(), key.publicKey()));
      roles.put(
          role,
          new Trust.Keyholders(
              of(role).stream().map(SigningKey::id).collect(toSet()),
              thresholds.getOrDefault(role, 1)));
    }
    return new Trust(version, expires, named, roles);
  }
}

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

  public static SigningKey key(Algorithm algorithm) {
    return SigningKey.generate(algorithm);
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

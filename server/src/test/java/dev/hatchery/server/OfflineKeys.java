package dev.hatchery.server;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.bundle.sign.TrustChain;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys that no server ever holds. */
final class OfflineKeys {
  final SigningKey root = SigningKey.generate(TrustedKey.Algorithm.ED25519);
  final SigningKey release = SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256);
  final SigningKey policy = SigningKey.generate(TrustedKey.Algorithm.ED25519);

  Envelope trust(long version, TrustedKey director, SigningKey... roots) {
    Map<Digest, TrustedKey> keys =
        Map.of(
            root.id(), root.publicKey(),
            release.id(), release.publicKey(),
            policy.id(), policy.publicKey(),
            director.id(), director);
    var trust =
        new Trust(
            version,
            Instant.parse("2099-01-01T00:00:00Z"),
            keys,
            Map.of(
                Role.ROOT, holders(root.id()),
                Role.RELEASE, holders(release.id()),
                Role.POLICY, holders(policy.id()),
                Role.DIRECTOR, holders(director.id())));
    return TrustChain.sign(trust, List.of(roots));
  }

  Envelope policy(long version, Map<Name, Long> floor, Set<Digest> revoked) {
    Instant issued = Instant.parse("2026-01-01T00:00:00Z");
    Instant expires = issued.plus(Duration.ofDays(10_000));
    return Policies.sign(new Policy(version, issued, expires, floor, revoked), List.of(policy));
  }

  private static Trust.Keyholders holders(Digest key) {
    return new Trust.Keyholders(Set.of(key), 1);
  }
}

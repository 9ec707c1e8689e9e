package dev.hatchery.bundle;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import java.util.Set;

/** What checking a bundle found. */
public sealed interface Verification {
  /**
   * Every check passed.
   *
   * @param digest the manifest's, which names the bundle
   * @param signers ids of the release keys that signed
   */
  record Trusted(Manifest manifest, Digest digest, Set<Digest> signers) implements Verification {
    public Trusted {
      signers = Set.copyOf(signers);
    }
  }

  /** The first check that failed. */
  record Rejected(Refusal.Problem problem) implements Verification {}

  /** For callers to whom a rejected bundle is the end. */
  default Trusted orRefuse() {
    return switch (this) {
      case Trusted trusted -> trusted;
      case Rejected(var problem) -> throw new Refusal(problem);
    };
  }
}

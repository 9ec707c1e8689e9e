package dev.hatchery.bundle;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.bundle.sign.ReleaseSignatures;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Trust;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says whether a bundle's folder may be trusted: who signed the manifest, whether the policy allows
 * it, and whether the files on disk are exactly those of the manifest; in this order, so that
 * nothing is parsed before its signature holds.
 *
 * @param policy the one in force, if there is one
 */
public record Verifier(Trust trust, Optional<Policy> policy) {
  private static final Set<String> LAYOUT =
      Set.of(Bundle.MANIFEST, Bundle.FILES, Bundle.SIGNATURES);

  public Verifier(Trust trust) {
    this(trust, Optional.empty());
  }

  /**
   * Checks everything.
   *
   * @throws Refusal NOT_FOUND, BAD_INPUT or STORAGE when there is nothing to look at; what is wrong
   *     with a bundle is a {@link Verification.Rejected}
   */
  public Verification verify(Path folder) {
    try (var root = SafeFolder.open(folder)) {
      return verify(root, folder);
    }
  }

  private Verification verify(SafeFolder root, Path folder) {
    try {
      for (String name : root.names()) {
        if (!LAYOUT.contains(name)) throw Bundle.extra(root, name);
      }
      Bytes bytes = root.read(Bundle.MANIFEST, Manifest.MAX_SIZE);
      List<byte[]> signatures = Bundle.signatures(root).stream().map(Bytes::toArray).toList();
      Set<Digest> signers = ReleaseSignatures.verify(bytes.toArray(), signatures, trust);
      Manifest manifest = Bundle.parse(bytes, folder);
      policy.ifPresent(p -> Policies.requireAllowed(p, manifest, bytes.digest()));
      try (var files = root.enter(Bundle.FILES)) {
        FileSet.verify(files, manifest);
      }
      return new Verification.Trusted(manifest, bytes.digest(), signers);
    } catch (Refusal refusal) {
      if (refusal.code() == Code.STORAGE) throw refusal;
      return new Verification.Rejected(refusal.problem());
    }
  }
}

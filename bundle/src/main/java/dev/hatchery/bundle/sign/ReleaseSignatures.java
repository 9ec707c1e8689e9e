package dev.hatchery.bundle.sign;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Who signed a manifest, and whether that is enough. */
public final class ReleaseSignatures {
  /** More signatures than this are refused unread. */
  public static final int MAX = 16;

  private ReleaseSignatures() {}

  /**
   * The release keys that signed exactly these bytes; at least the trust document's threshold of
   * different ones. A signature that is malformed, invalid or of an unknown key does not count, and
   * does no harm: anyone could have added it.
   *
   * @param sigstoreBundles each the content of a {@code .sigstore.json} file
   * @throws Refusal BAD_SIGNATURE when nobody did, THRESHOLD when too few did
   */
  public static Set<Digest> verify(byte[] manifest, List<byte[]> sigstoreBundles, Trust trust) {
    return verify(manifest, sigstoreBundles, trust, Signatures.REAL);
  }

  /** As the other, with signatures that are checked in a way of their own. */
  public static Set<Digest> verify(
      byte[] manifest, List<byte[]> sigstoreBundles, Trust trust, Signatures how) {
    if (sigstoreBundles.size() > MAX) {
      throw Refusal.of(Code.BAD_SIGNATURE, "a manifest has too many signatures")
          .expected("at most " + MAX)
          .got(sigstoreBundles.size());
    }
    List<TrustedKey> keys = trust.keysOf(Role.RELEASE);
    Set<Digest> signers = new TreeSet<>();
    for (byte[] json : sigstoreBundles) addSigner(json, manifest, keys, signers, how);
    Dsse.requireThreshold(signers, trust.threshold(Role.RELEASE), "the manifest");
    return Collections.unmodifiableSet(signers);
  }

  private static void addSigner(
      byte[] json, byte[] manifest, List<TrustedKey> keys, Set<Digest> signers, Signatures how) {
    SigstoreBundle bundle;
    try {
      bundle = SigstoreBundle.read(json, "signature");
    } catch (Refusal malformed) {
      return;
    }
    for (TrustedKey key : keys) {
      if (!signers.contains(key.id()) && bundle.isSignedBy(key, manifest, how))
        signers.add(key.id());
    }
  }
}

package dev.hatchery.registry;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.time.Duration;

/**
 * What one registry takes at most.
 *
 * @param blob one blob's size
 * @param manifest one manifest's size
 * @param uploads blobs being uploaded at once
 * @param idleUpload after this long without a request an upload is forgotten
 * @param tags tags in one repository
 * @param manifests manifests and tags in the whole registry: index.json lists them all
 */
public record RegistryLimits(
    DataSize blob, DataSize manifest, int uploads, Duration idleUpload, int tags, int manifests) {
  /** index.json must stay readable: about eight values for each entry, of the parser's 200,000. */
  private static final int MANIFESTS_MAX = 20_000;

  public RegistryLimits {
    if (blob.bytes() == 0
        || manifest.bytes() == 0
        || uploads < 1
        || !idleUpload.isPositive()
        || tags < 1
        || manifests < 1
        || manifests > MANIFESTS_MAX) {
      throw Refusal.of(Code.BAD_INPUT, "these are not limits of a registry")
          .expected("all above zero, at most " + MANIFESTS_MAX + " manifests");
    }
  }

  /** 64 GiB, 4 MiB, 64 uploads idle for an hour, 2,000 tags, 20,000 manifests. */
  public static RegistryLimits usual() {
    return new RegistryLimits(
        DataSize.mib(64 * 1024), DataSize.mib(4), 64, Duration.ofHours(1), 2000, MANIFESTS_MAX);
  }
}

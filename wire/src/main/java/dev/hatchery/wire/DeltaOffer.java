package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.util.Optional;

/**
 * A patch that makes the target; a blob of the repository that holds the target.
 *
 * @param base the file it is applied to; absent for the empty base, a compressed whole file
 * @param size bytes of the patch
 */
public record DeltaOffer(Optional<Digest> base, Digest patch, long size) {
  public DeltaOffer {
    if (size < 1) {
      throw Refusal.of(Code.SIZE, "a patch has a size").expected("1 or more").got(size);
    }
  }
}

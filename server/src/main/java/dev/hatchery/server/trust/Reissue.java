package dev.hatchery.server.trust;

import dev.hatchery.core.Trust;
import dev.hatchery.server.db.Tx;

/** What has to follow when trust or policy change. */
@FunctionalInterface
public interface Reissue {
  /**
   * Issues every desired state anew, in this transaction.
   *
   * @param policyVersion 0 when there is no policy
   */
  void all(Tx tx, Trust trust, long policyVersion);
}

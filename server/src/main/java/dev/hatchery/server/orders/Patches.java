package dev.hatchery.server.orders;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.util.Set;

/** Knows which blobs are patches. Answers from memory. */
@FunctionalInterface
public interface Patches {
  /** The files of a repository that this blob makes, as a patch; none when it is none. */
  Set<Digest> targets(Name repository, Digest blob);
}

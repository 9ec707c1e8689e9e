package dev.hatchery.registry;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;

/**
 * What the sender of one request may do. The adapter makes it from the request's token; the
 * registry asks before it looks anything up, so a refusal does not tell what exists.
 */
public interface Access {
  /** Whether the sender proved who it is: a refusal then reads 403, else 401 with a challenge. */
  boolean known();

  /** A blob or manifest, or the list of those that refer to it. */
  boolean mayPull(Name repo, Digest content);

  /** The manifest that a tag names. */
  boolean mayPull(Name repo, String tag);

  /** The tags. */
  boolean mayList(Name repo);

  boolean mayPush(Name repo);
}

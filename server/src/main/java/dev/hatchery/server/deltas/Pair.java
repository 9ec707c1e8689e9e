package dev.hatchery.server.deltas;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.util.Optional;

/**
 * What a patch is for.
 *
 * @param repository that holds the target, and the patch beside it
 * @param target the file that it makes
 * @param base the file that it is applied to; absent for the empty base
 */
public record Pair(Name repository, Digest target, Optional<Digest> base) {}

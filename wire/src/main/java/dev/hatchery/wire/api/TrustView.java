package dev.hatchery.wire.api;

import java.time.Instant;

/**
 * A document that was signed offline and is in force now.
 *
 * @param version of the trust document or of the policy
 */
public record TrustView(long version, Instant expires) {}

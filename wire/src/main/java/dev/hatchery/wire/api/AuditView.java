package dev.hatchery.wire.api;

import dev.hatchery.core.Digest;
import java.time.Instant;

/**
 * One change, as it was recorded in the transaction that made it.
 *
 * @param prev hash of the record before; 64 zeros in the first
 * @param hash over all the others
 */
public record AuditView(
    long seq,
    Instant at,
    String actor,
    String action,
    String object,
    String detail,
    Digest prev,
    Digest hash) {}

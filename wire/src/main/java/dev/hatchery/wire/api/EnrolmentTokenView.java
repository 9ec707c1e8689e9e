package dev.hatchery.wire.api;

import dev.hatchery.wire.EnrolmentFile;
import java.time.Instant;

/**
 * A token, shown this once.
 *
 * @param id names the token in audit records
 * @param file all that a device needs; holds the token
 */
public record EnrolmentTokenView(String id, Instant expires, EnrolmentFile file) {}

package dev.hatchery.wire.api;

import dev.hatchery.core.Name;
import dev.hatchery.core.Secret;
import java.time.Instant;
import java.util.Optional;

/**
 * A person, or a pipeline, that may use the operator API.
 *
 * @param name as audit records name them, without {@code operator:}
 * @param token shown once, when it is made
 */
public record OperatorView(
    Name name, Instant createdAt, Optional<Secret> token, OperatorRole role) {}

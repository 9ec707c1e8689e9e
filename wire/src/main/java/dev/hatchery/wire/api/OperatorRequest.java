package dev.hatchery.wire.api;

import dev.hatchery.core.Name;

/** Makes another operator. */
public record OperatorRequest(Name name, OperatorRole role) {}

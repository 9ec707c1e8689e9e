package dev.hatchery.wire.api;

import dev.hatchery.core.ReleaseId;

/** Makes a bundle that lies in the registry, under its name and version as tag, a release. */
public record ReleaseRequest(ReleaseId release) {}

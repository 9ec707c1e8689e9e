package dev.hatchery.wire.api;

import dev.hatchery.core.TrustedKey;

/** The server's own key, which the trust document has to list in the role director. */
public record DirectorView(TrustedKey key) {}

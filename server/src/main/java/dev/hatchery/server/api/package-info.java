/**
 * What every change that an operator asks for has in common: it is prepared outside the transaction
 * (parsing, reading bundles, checking signatures) and made inside it, once per {@code
 * Idempotency-Key}. A repeated request gets the first one's answer, byte for byte.
 */
@NullMarked
package dev.hatchery.server.api;

import org.jspecify.annotations.NullMarked;

/**
 * The server's operator API as typed calls, for the CLI, for CI and for tests: {@link
 * dev.hatchery.client.api.OperatorClient}.
 *
 * <p>Whatever goes wrong is a {@code Refusal}: the server's own, as its problem documents say it,
 * or one of the network's (UNREACHABLE, SLOW, TRUNCATED). Changes carry an {@code Idempotency-Key},
 * so that one whose answer was lost is sent again and made once. Answers are bounded.
 */
@NullMarked
package dev.hatchery.client.api;

import org.jspecify.annotations.NullMarked;

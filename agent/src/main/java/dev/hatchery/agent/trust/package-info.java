/**
 * What the device believes, and how far it lets itself be told.
 *
 * <p>{@link dev.hatchery.agent.trust.TrustStore} keeps the trust document, the policy and the last
 * signed time; {@link dev.hatchery.agent.trust.Acceptance} takes a desired state through the order
 * of checks (security reference, section 4, steps 1 to 8) and remembers it before anybody acts on
 * it; {@link dev.hatchery.agent.trust.Freshness} compares it with the server's signed heartbeats.
 * Nothing here is persisted before it has passed, and nothing passes because something is missing.
 */
@NullMarked
package dev.hatchery.agent.trust;

import org.jspecify.annotations.NullMarked;

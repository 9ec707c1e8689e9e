/**
 * Releases: bundles of the registry that this server may order. A release is checked once, when it
 * is made: signatures against the trust document, policy, every blob in place. From then on name,
 * version and digest belong together for ever.
 */
@NullMarked
package dev.hatchery.server.releases;

import org.jspecify.annotations.NullMarked;

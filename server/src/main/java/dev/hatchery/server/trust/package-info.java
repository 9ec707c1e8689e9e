/**
 * Whom this server's devices believe: the trust document, the policy, and the server's own director
 * key, which a trust document has to name before anything is served.
 *
 * <p>Root, release and policy keys never come here. The server takes a first trust document on the
 * operator's word and every later one only as the successor of the one in force; a new version is a
 * new keyset, so all desired states are issued anew ({@link dev.hatchery.server.trust.Reissue}).
 */
@NullMarked
package dev.hatchery.server.trust;

import org.jspecify.annotations.NullMarked;

/**
 * What transfers may cost, as operators say it: versions of {@code limits.yaml}, the newest in
 * force. {@link dev.hatchery.server.limits.LimitStore} holds them.
 *
 * <p>An {@link dev.hatchery.server.limits.Uplink} is what a site's devices share; {@link
 * dev.hatchery.server.limits.Uplinks} knows by whose days and months it counts. This room decides
 * nothing: leases and planning look limits up here.
 */
@NullMarked
package dev.hatchery.server.limits;

import org.jspecify.annotations.NullMarked;

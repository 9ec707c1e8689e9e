package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;

/**
 * {@code POST /device/v1/leases/{lease}}: renews a lease, or gives it back.
 *
 * @param bytes that have come over the uplink under this lease until now, all together, so that a
 *     repeated request counts nothing twice
 * @param done nothing more is wanted; answered with 204
 */
public record LeaseUse(long bytes, boolean done) {
  public LeaseUse {
    if (bytes < 0) throw Refusal.of(Code.BAD_INPUT, "bytes cannot be negative").got(bytes);
  }
}

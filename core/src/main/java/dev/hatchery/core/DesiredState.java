package dev.hatchery.core;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one device is to run, one order a slot. Signed by the director, which only selects among
 * release-signed manifests. {@code (keyset, counter)} only rises; any change of the bytes, a
 * renewed expiry included, raises it. Expiry stops new installs, never the running model. A slot
 * without an order keeps what it has.
 *
 * @param keyset the version of the trust document it was made under
 * @param policyVersion the policy the device should hold before it obeys; 0 when there is none
 */
public record DesiredState(
    DeviceId device,
    long keyset,
    long counter,
    Instant issuedAt,
    Instant expires,
    long policyVersion,
    Map<Name, Order> slots) {
  /** A desired state's envelope is capped before it is parsed. */
  public static final DataSize MAX_SIZE = DataSize.kib(64);

  public static final int MAX_SLOTS = 16;

  public DesiredState {
    slots = Collections.unmodifiableMap(new TreeMap<>(slots));
    if (slots.size() > MAX_SLOTS || keyset < 1 || counter < 1 || policyVersion < 0) {
      throw Refusal.of(Code.BAD_INPUT, "a desired state has too many slots or a counter below 1");
    }
  }
}

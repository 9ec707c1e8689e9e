package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;

/**
 * {@code POST /device/v1/leases}: asks for the right to use the uplink.
 *
 * @param blob the file that is wanted, also where a patch is what will be fetched
 * @param bytes still to come over the uplink
 * @param patch whether they are a patch's
 * @param peers whether the device has neighbours to take the file from, and gives it to them
 */
public record LeaseRequest(
    Name slot, String commandId, Digest blob, long bytes, boolean patch, boolean peers) {
  public LeaseRequest {
    if (commandId.isEmpty() || commandId.length() > Order.MAX_COMMAND) {
      throw Refusal.of(Code.BAD_INPUT, "a command id has a wrong length")
          .expected("1 to " + Order.MAX_COMMAND);
    }
    if (bytes < 0) throw Refusal.of(Code.BAD_INPUT, "bytes cannot be negative").got(bytes);
  }
}

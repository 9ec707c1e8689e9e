package dev.hatchery.agent.store;

import dev.hatchery.agent.uplink.Schedule;
import dev.hatchery.agent.uplink.Uplink;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.LeaseRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What all files of one order have in common.
 *
 * @param schedule as the desired state of now has it: the operator may move an order's windows
 * @param missing bytes of the bundle that are not yet here
 */
record Errand(
    Supplies supplies,
    Slot slot,
    Order order,
    Spent spent,
    PatchLog patches,
    Uplink uplink,
    Supplier<Schedule> schedule,
    LongSupplier missing) {
  boolean rollback() {
    return order.reason() == Order.Reason.ROLLBACK;
  }

  Store store() {
    return supplies.store();
  }

  Blobs blobs() {
    return store().blobs();
  }

  long nanos() {
    return supplies.nanos().getAsLong();
  }

  /** What holds the fetching of bytes now. */
  Optional<Schedule.Hold> hold() {
    return schedule.get().staging(supplies.trust().now());
  }

  /** Whether neighbours may give the bytes, and there can be any. */
  boolean peers() {
    return order.delivery().peers() && supplies.sources().peers().any();
  }

  LeaseRequest lease(Digest file, long bytes, boolean patch) {
    return new LeaseRequest(slot.name(), order.commandId(), file, bytes, patch, peers());
  }

  /** Files that are here whole and could be a patch's base, the likeliest first. */
  List<Digest> bases(FileEntry wanted) {
    List<Manifest> bundles = new ArrayList<>();
    for (Slot.Pointer pointer : Slot.Pointer.values()) {
      slot.pointer(pointer).filter(slot::has).flatMap(this::manifest).ifPresent(bundles::add);
    }
    Map<Digest, Long> sizes = new HashMap<>();
    for (Digest blob : blobs().all()) sizes.put(blob, blobs().size(blob));
    patches.chosen().ifPresent(chosen -> sizes.remove(chosen.offer().patch()));
    return Bases.of(wanted, bundles, sizes);
  }

  private Optional<Manifest> manifest(Digest bundle) {
    try {
      return Optional.of(Installed.manifest(store().disk(), slot.version(bundle), bundle));
    } catch (Refusal unreadable) {
      return Optional.empty();
    }
  }
}

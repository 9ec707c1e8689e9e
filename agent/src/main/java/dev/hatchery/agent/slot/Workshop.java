package dev.hatchery.agent.slot;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.service.Echo;
import dev.hatchery.agent.service.Look;
import dev.hatchery.agent.store.Fetch;
import dev.hatchery.agent.store.Installed;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.agent.store.Supplies;
import dev.hatchery.agent.uplink.Schedule;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Golden;
import dev.hatchery.wire.Wire;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What a slot's machine needs to know of its bundles. */
public final class Workshop {
  private static final DataSize GOLDEN_MAX = DataSize.mib(16);

  /** A slot has three bundles, and for a moment a fourth. */
  private static final int LOOKED_AT_MAX = 64;

  private final Supplies supplies;
  private final Path state;
  // What a digest names never changes, and a service is looked at every second. Only looks use
  // these: whoever is about to do something with a bundle reads what the disk has. Slots have a
  // thread each.
  private final Map<Digest, Manifest> lookedAt = new ConcurrentHashMap<>();

  /**
   * One for all slots.
   *
   * @param state the folder of state files
   */
  public Workshop(Supplies supplies, Path state) {
    this.supplies = supplies;
    this.state = state;
  }

  Fetch fetch(Slot slot, Order order, long policyVersion, Supplier<Delivery> delivery) {
    return new Fetch(supplies, slot, order, policyVersion, state, () -> schedule(delivery.get()));
  }

  /** What holds the switch to a staged bundle; empty when it may be made. */
  Optional<Schedule.Hold> holdsActivation(Delivery delivery) {
    return schedule(delivery).activation(supplies.trust().now());
  }

  /** Why a person at the device keeps a slot on what it has; empty while nobody does. */
  Optional<String> pinned(Name slot) {
    return new LocalPin(disk(), state, slot).reason();
  }

  private Schedule schedule(Delivery delivery) {
    return new Schedule(delivery, supplies.place(), supplies.trust().clockAgrees());
  }

  Manifest manifest(Slot slot, Digest bundle) {
    return Installed.manifest(disk(), slot.version(bundle), bundle);
  }

  /** A trial of a bundle that is in the slot; a Refusal when its golden samples cannot be read. */
  Trial trial(Order order, Slot slot, Manifest manifest, Watcher watcher, Clocks clocks) {
    Path folder = slot.version(order.manifest());
    Optional<Golden> golden = manifest.golden().map(entry -> golden(folder, entry));
    Predicate<Echo> proof = echo -> echo.proves(order.manifest(), manifest);
    return new Trial(order.trial(), order.manifest(), proof, golden, watcher, clocks);
  }

  /**
   * A trial of a bundle as a shadow. Its golden samples are not asked: what a service is asked, the
   * served bundle answers.
   */
  Trial shadowTrial(Order order, Slot slot, Watcher watcher, Clocks clocks) {
    Predicate<Echo> proof = shadowProof(slot, order.manifest());
    return new Trial(order.trial(), order.manifest(), proof, Optional.empty(), watcher, clocks);
  }

  /** What a service echoes that runs the bundle as a shadow and still serves the current one. */
  Predicate<Echo> shadowProof(Slot slot, Digest bundle) {
    Manifest beside = manifest(slot, bundle);
    Optional<Digest> current = slot.pointer(Pointer.CURRENT).filter(slot::has);
    if (current.isEmpty()) return _ -> false;
    Manifest served = manifest(slot, current.get());
    return echo ->
        echo.proves(current.get(), served)
            && echo.shadow().filter(s -> s.proves(bundle, beside)).isPresent();
  }

  /** Why a bundle cannot run as a shadow in this slot. */
  Optional<Refusal> objectionToShadow(Slot slot, Order order) {
    Optional<Digest> current = slot.pointer(Pointer.CURRENT);
    boolean able = supplies.facts().get().shadows().contains(slot.name());
    if (able && current.isPresent() && !current.get().equals(order.manifest())) {
      return Optional.empty();
    }
    String got =
        !able
            ? "a service that cannot shadow"
            : current.isEmpty() ? "a slot that serves nothing" : "a slot that serves it already";
    return Optional.of(
        Refusal.of(Code.INCOMPATIBLE, "this bundle cannot run as a shadow here")
            .at("slot " + slot.name())
            .expected(
                "shadow: true under service: in agent.yaml, and another bundle that is served")
            .got(got));
  }

  private Golden golden(Path folder, FileEntry entry) {
    byte[] bytes = disk().read(folder.resolve(entry.path()), GOLDEN_MAX);
    return Wire.GOLDEN.parse(bytes, GOLDEN_MAX, entry.path());
  }

  /** Why the newest policy forbids a bundle that is in the slot. */
  Optional<Refusal> objection(Slot slot, Digest bundle) {
    try {
      supplies.trust().requireAllowed(manifest(slot, bundle), bundle);
      return Optional.empty();
    } catch (Refusal refusal) {
      return Optional.of(refusal);
    }
  }

  /**
   * What a slot goes back to: the bundle before, or when the policy has forbidden that since, the
   * next older one; when all are forbidden, the bundle before all the same, because a device
   * without a model helps nobody (security reference, section 3).
   */
  Optional<Digest> allowedReturn(Slot slot, Optional<Digest> before) {
    Optional<Digest> current = slot.pointer(Pointer.CURRENT);
    return Stream.of(before, slot.pointer(Pointer.LKG), slot.pointer(Pointer.PREV))
        .flatMap(Optional::stream)
        .filter(d -> !Optional.of(d).equals(current))
        .filter(d -> slot.has(d) && objection(slot, d).isEmpty())
        .findFirst()
        .or(() -> before.filter(slot::has));
  }

  /** Whether a look at the service proves that it runs this bundle of the slot. */
  boolean proves(Slot slot, Look look, Optional<Digest> bundle) {
    return bundle
        .filter(slot::has)
        .flatMap(b -> look.echo().filter(echo -> echo.proves(b, lookedAt(slot, b))))
        .isPresent();
  }

  private Manifest lookedAt(Slot slot, Digest bundle) {
    Manifest known = lookedAt.get(bundle);
    if (known != null) return known;
    Manifest read = manifest(slot, bundle);
    if (lookedAt.size() >= LOOKED_AT_MAX) lookedAt.clear();
    lookedAt.put(bundle, read);
    return read;
  }

  /** Which of the slot's bundles the service says it runs. */
  Optional<Digest> running(Slot slot, Look look) {
    if (look.echo().isEmpty()) return Optional.empty();
    for (Pointer pointer : Pointer.values()) {
      Optional<Digest> bundle = slot.pointer(pointer);
      if (proves(slot, look, bundle)) return bundle;
    }
    return slot.bundles().stream()
        .filter(bundle -> proves(slot, look, Optional.of(bundle)))
        .findFirst();
  }

  void collect(Slot slot) {
    supplies.store().collect(slot, Set.of());
  }

  private Disk disk() {
    return supplies.store().disk();
  }
}

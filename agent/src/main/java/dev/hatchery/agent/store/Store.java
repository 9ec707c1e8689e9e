package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.DeltaOffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** All slots and the blobs they share. */
public final class Store {
  private final Disk disk;
  private final Layout layout;
  private final Blobs blobs;
  private final Space space;
  private final Map<Name, Slot> slots = new TreeMap<>();
  // What an order at work in a slot needs and no folder links to yet. Slots have a thread each.
  private final Map<Name, Set<Digest>> pins = new ConcurrentHashMap<>();

  public Store(Disk disk, Layout layout, Space space, Collection<Name> names) {
    this.disk = disk;
    this.layout = layout;
    this.blobs = new Blobs(disk, layout);
    this.space = space;
    for (Name name : names) slots.put(name, new Slot(disk, layout.slot(name), name));
  }

  public Disk disk() {
    return disk;
  }

  public Blobs blobs() {
    return blobs;
  }

  public Slot slot(Name name) {
    Slot slot = slots.get(name);
    if (slot == null) throw new IllegalArgumentException("no slot " + name);
    return slot;
  }

  Download download(Slot slot, Digest blob, long size, Download.Speed speed) {
    return new Download(disk, layout, slot.name(), blob, size, speed);
  }

  Applying applying(Slot slot, FileEntry wanted, DeltaOffer offer, LongSupplier nanos) {
    return new Applying(disk, layout, slot.name(), wanted, offer, nanos);
  }

  /** Bytes of a blob that a download has put on the disk already. */
  long downloaded(Slot slot, Digest blob) {
    Path part = Download.part(layout, slot.name(), blob);
    return disk.kind(part) == Disk.Kind.FILE ? disk.size(part) : 0;
  }

  /** Keeps these blobs, and downloads of them, until {@link #unpin}. */
  public void pin(Name slot, Collection<Digest> digests) {
    pins.merge(slot, Set.copyOf(digests), Store::union);
  }

  private static Set<Digest> union(Set<Digest> a, Set<Digest> b) {
    Set<Digest> both = new HashSet<>(a);
    both.addAll(b);
    return both;
  }

  public void unpin(Name slot) {
    pins.remove(slot);
  }

  /** This slot's order no longer needs the blob; when nobody does, it goes. */
  void letGo(Name slot, Digest blob) {
    pins.computeIfPresent(slot, (_, pinned) -> without(pinned, blob));
    if (!pinned(blob) && linked().filter(l -> !l.contains(blob)).isPresent()) blobs.remove(blob);
  }

  private static Set<Digest> without(Set<Digest> all, Digest one) {
    Set<Digest> rest = new HashSet<>(all);
    rest.remove(one);
    return rest;
  }

  /**
   * Makes room if it must: what nobody needs goes first, then the slot's {@code prev}; never {@code
   * current} or {@code lkg}.
   *
   * @throws Refusal NO_SPACE with the numbers
   */
  void admit(Slot slot, long bytes) {
    if (space.admits(bytes)) return;
    collect(slot, Set.of());
    if (space.admits(bytes)) return;
    slot.unpoint(Pointer.PREV);
    collect(slot, Set.of());
    if (!space.admits(bytes)) throw space.refused(bytes);
  }

  /**
   * Throws away the slot's bundles that no link and none of {@code also} names, and then blobs and
   * downloads that no bundle of any slot needs.
   */
  public void collect(Slot slot, Set<Digest> also) {
    Set<Digest> kept = new HashSet<>(also);
    for (Pointer pointer : Pointer.values()) slot.pointer(pointer).ifPresent(kept::add);
    for (String leftover : slot.leftovers()) slot.clear(leftover);
    for (Digest bundle : slot.bundles()) {
      if (!kept.contains(bundle)) slot.remove(bundle);
    }
    collectBlobs();
  }

  private void collectBlobs() {
    Optional<Set<Digest>> linked = linked();
    if (linked.isEmpty()) return;
    for (Digest blob : blobs.all()) {
      if (!linked.get().contains(blob) && !pinned(blob)) blobs.remove(blob);
    }
    for (String name : disk.names(layout.downloads())) {
      if (!pinned(name)) Durable.remove(disk, layout.downloads().resolve(name));
    }
  }

  // Asked for each blob anew: another slot may have begun an order meanwhile.
  private boolean pinned(Digest blob) {
    return pins.values().stream().anyMatch(p -> p.contains(blob));
  }

  private boolean pinned(String download) {
    int dot = download.indexOf('.');
    return dot > 0 && Versions.digest(download.substring(0, dot)).filter(this::pinned).isPresent();
  }

  // Empty when a bundle cannot be read: then nobody knows what it needs.
  private Optional<Set<Digest>> linked() {
    Set<Digest> linked = new HashSet<>();
    for (Slot slot : slots.values()) {
      for (Digest bundle : slot.bundles()) {
        try {
          linked.addAll(files(Installed.manifest(disk, slot.version(bundle), bundle)));
        } catch (Refusal unreadable) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(linked);
  }

  static List<Digest> files(Manifest manifest) {
    return manifest.files().stream().map(FileEntry::sha256).toList();
  }
}

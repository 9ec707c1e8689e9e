package dev.hatchery.agent.disk;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.nio.file.Path;
import java.util.List;

/** Where what lies below the agent's folder (durability reference, section 1). */
public record Layout(Path root) {
  public Path blobs() {
    return root.resolve("blobs").resolve("sha256");
  }

  public Path blob(Digest digest) {
    return blobs().resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
  }

  public Path downloads() {
    return root.resolve("dl");
  }

  public Path slots() {
    return root.resolve("slots");
  }

  public Path slot(Name slot) {
    return slots().resolve(slot.value());
  }

  public Path state() {
    return root.resolve("state");
  }

  public Path journal() {
    return state().resolve("journal");
  }

  public Path outbox() {
    return root.resolve("outbox");
  }

  public Path keys() {
    return root.resolve("keys");
  }

  public Path lock() {
    return root.resolve("lock");
  }

  /** Makes every folder that is missing. */
  public void prepare(Disk disk, List<Name> slots) {
    Durable.makeFolders(disk, root);
    for (Path folder : List.of(blobs(), downloads(), slots(), state(), outbox(), keys())) {
      Durable.makeFolders(disk, folder);
    }
    disk.mode(keys(), Disk.Mode.SECRET_FOLDER);
    for (Name slot : slots) Durable.makeFolders(disk, slot(slot).resolve("v"));
  }
}

package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Lets a download begin only if the disk is not full when it ends (durability reference, section
 * 3). What is written is what the manifest says: parts become blobs, and folders link to them.
 *
 * @param fixedReserve what must stay free; by default the larger of 64 MiB and 5% of the file
 *     system
 */
public record Space(Disk disk, Path folder, Optional<DataSize> fixedReserve) {
  private static final DataSize LEAST = DataSize.mib(64);

  DataSize reserve() {
    return fixedReserve.orElseGet(
        () -> new DataSize(Math.max(LEAST.bytes(), disk.totalSpace(folder) / 20)));
  }

  /** Whether this much more may be written. */
  boolean admits(long bytes) {
    return disk.usableSpace(folder) - bytes >= reserve().bytes();
  }

  Refusal refused(long bytes) {
    return Refusal.of(Code.NO_SPACE, "there is not enough space for this bundle")
        .at(folder.toString())
        .expected(new DataSize(bytes).human() + " and " + reserve().human() + " that stay free")
        .got(new DataSize(disk.usableSpace(folder)).human() + " free")
        .fix("free space, or set a smaller reserve in agent.yaml");
  }
}

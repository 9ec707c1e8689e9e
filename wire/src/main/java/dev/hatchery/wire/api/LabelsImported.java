package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * What a sheet of labels changed, or would change.
 *
 * @param rows of the sheet
 * @param devices that have other labels now
 * @param set how many labels were given to devices, or given another value
 * @param removed how many labels of operators were taken away
 * @param newKeys labels that no device had before, which may be misspelt
 * @param first the first changes, in the sheet's order
 */
public record LabelsImported(
    boolean dryRun,
    long rows,
    long devices,
    long set,
    long removed,
    List<String> newKeys,
    List<Change> first) {
  /**
   * One label of one device.
   *
   * @param from what held before, whoever said it
   * @param to what holds now
   */
  public record Change(
      DeviceId device, int line, String label, Optional<String> from, Optional<String> to) {}

  public LabelsImported {
    newKeys = List.copyOf(newKeys);
    first = List.copyOf(first);
  }
}

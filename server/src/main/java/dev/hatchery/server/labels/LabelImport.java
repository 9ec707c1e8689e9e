package dev.hatchery.server.labels;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.wire.api.LabelsImported;
import dev.hatchery.wire.api.LabelsImported.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a sheet changes: worked out whole, before anything is written. */
final class LabelImport {
  private static final int SHOWN = 20;

  private final DeviceStore devices;
  private final Map<DeviceId, Labels> givenBefore;
  private final Map<DeviceId, Labels> given = new HashMap<>();
  private final List<Change> first = new ArrayList<>();
  private long set;
  private long removed;

  /**
   * A sheet that has changed nothing yet.
   *
   * @param givenBefore what operators have said, as the transaction sees it
   */
  LabelImport(DeviceStore devices, Map<DeviceId, Labels> givenBefore) {
    this.devices = devices;
    this.givenBefore = givenBefore;
  }

  /** What operators say of the devices of which they say something else now. */
  Map<DeviceId, Labels> given() {
    return given;
  }

  /** Works it out; refused where a device is not there, or would have too many labels. */
  LabelsImported read(LabelSheet sheet, boolean dryRun) {
    Wrong wrong = new Wrong();
    for (LabelSheet.Row row : sheet.rows()) wrong.tryOn(row.line(), () -> read(row));
    wrong.refuse();
    return new LabelsImported(
        dryRun, sheet.rows().size(), given.size(), set, removed, unknown(sheet.keys()), first);
  }

  private void read(LabelSheet.Row row) {
    Device device =
        devices
            .find(row.device())
            .orElseThrow(
                () ->
                    Refusal.of(Code.NOT_FOUND, "there is no such device")
                        .at(RowReader.place(row.line(), 1, "device"))
                        .expected("one that has enrolled")
                        .got(row.device()));
    Labels before = givenBefore.getOrDefault(row.device(), Labels.NONE);
    Labels own = device.labelling().own();
    Map<String, String> words = new TreeMap<>(before.values());
    List<Change> changes = new ArrayList<>();
    row.words()
        .forEach(
            (key, word) -> {
              Optional<String> holds = before.get(key).or(() -> device.labels().get(key));
              boolean same = word.isPresent() ? word.equals(holds) : before.get(key).isEmpty();
              if (same) return;
              word.ifPresentOrElse(value -> words.put(key, value), () -> words.remove(key));
              Optional<String> will = word.or(() -> own.get(key));
              changes.add(new Change(row.device(), row.line(), key, holds, will));
            });
    if (changes.isEmpty()) return;
    given.put(row.device(), checked(row, words, own));
    for (Change change : changes) {
      if (row.words().getOrDefault(change.label(), Optional.empty()).isPresent()) set++;
      else removed++;
      if (first.size() < SHOWN) first.add(change);
    }
  }

  private static Labels checked(LabelSheet.Row row, Map<String, String> words, Labels own) {
    try {
      Labels given = new Labels(words);
      given.over(own);
      return given;
    } catch (Refusal refusal) {
      throw refusal.at("line " + row.line());
    }
  }

  // For people: a misspelt key would be a label of its own, and seen by no selector.
  private List<String> unknown(List<String> keys) {
    Set<String> known = new HashSet<>();
    devices.all().forEach(device -> known.addAll(device.labels().values().keySet()));
    return keys.stream().filter(key -> !known.contains(key)).sorted().toList();
  }
}

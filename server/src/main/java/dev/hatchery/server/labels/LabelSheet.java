package dev.hatchery.server.labels;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.devices.Device;
import dev.hatchery.wire.csv.Csv;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A sheet of labels: the column {@code device}, and one for each label.
 *
 * @param keys of the labels, in the order of their columns
 */
record LabelSheet(List<String> keys, List<Row> rows) {
  static final DataSize MAX = DataSize.mib(32);
  static final int MAX_ROWS = 100_000;

  /** A cell that takes an operator's label away; no label's value begins so. */
  static final String REMOVE = "-";

  private static final String DEVICE = "device";

  /**
   * What one row says.
   *
   * @param words by label: its new value, or nothing where it is taken away
   */
  record Row(int line, DeviceId device, Map<String, Optional<String>> words) {}

  /** Reads a sheet; refused with all lines on which a cell cannot be what it stands for. */
  static LabelSheet parse(byte[] bytes) {
    Csv csv = Csv.parse(bytes, MAX, MAX_ROWS);
    List<String> keys = keys(csv.header());
    List<Row> rows = new ArrayList<>();
    Set<DeviceId> seen = new HashSet<>();
    Wrong wrong = new Wrong();
    for (Csv.Row row : csv.rows()) {
      wrong.tryOn(
          row.line(),
          () -> {
            Row read = new RowReader(keys, row).read();
            if (!seen.add(read.device())) {
              throw Refusal.of(Code.BAD_INPUT, "a device has two rows")
                  .at(RowReader.place(row.line(), 1, DEVICE))
                  .expected("each device once")
                  .got(read.device());
            }
            rows.add(read);
          });
    }
    wrong.refuse();
    return new LabelSheet(keys, rows);
  }

  /** The labels that hold for each device, a column for each label that some device has. */
  static Csv of(Collection<Device> fleet) {
    Set<String> keys = new TreeSet<>();
    fleet.forEach(device -> keys.addAll(device.labels().values().keySet()));
    List<String> header = new ArrayList<>(List.of(DEVICE));
    header.addAll(keys);
    List<Csv.Row> rows = new ArrayList<>();
    for (Device device : fleet.stream().sorted(Comparator.comparing(Device::id)).toList()) {
      List<String> cells = new ArrayList<>(List.of(device.id().value()));
      keys.forEach(key -> cells.add(device.labels().get(key).orElse("")));
      rows.add(new Csv.Row(rows.size() + 2, cells));
    }
    return new Csv(header, rows);
  }

  private static List<String> keys(List<String> header) {
    if (!header.getFirst().equals(DEVICE)) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a sheet of labels")
          .at("line 1, column 1")
          .expected(DEVICE + ", and a label's key in each further column")
          .got(header.getFirst());
    }
    List<String> keys = header.subList(1, header.size());
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < keys.size(); i++) {
      String place = "line 1, column " + (i + 2);
      String key = keys.get(i);
      if (!seen.add(key)) {
        throw Refusal.of(Code.BAD_INPUT, "a label has two columns").at(place).got(key);
      }
      try {
        new Labels(Map.of(key, ""));
      } catch (Refusal refusal) {
        throw refusal.at(place);
      }
    }
    return List.copyOf(keys);
  }
}

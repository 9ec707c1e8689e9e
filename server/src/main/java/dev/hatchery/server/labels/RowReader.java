package dev.hatchery.server.labels;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.csv.Csv;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads one row of a sheet of labels. */
record RowReader(List<String> keys, Csv.Row row) {
  LabelSheet.Row read() {
    DeviceId device = at(0, "device", () -> new DeviceId(row.cells().getFirst()));
    Map<String, Optional<String>> words = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      String cell = row.cells().get(i + 1);
      if (cell.isEmpty()) continue;
      boolean remove = cell.equals(LabelSheet.REMOVE);
      words.put(
          key, remove ? Optional.empty() : Optional.of(at(i + 1, key, () -> value(key, cell))));
    }
    return new LabelSheet.Row(row.line(), device, words);
  }

  // A label that Hatchery itself reads has to be readable: an unreadable one would be passed over.
  private static String value(String key, String cell) {
    Labels one = new Labels(Map.of(key, cell));
    if (key.equals(Labels.ZONE)) one.zone();
    if (key.equals(Labels.AWAKE)) one.awake();
    return cell;
  }

  private <T> T at(int index, String column, Supplier<T> parse) {
    try {
      return parse.get();
    } catch (Refusal refusal) {
      throw refusal.at(place(row.line(), index + 1, column));
    }
  }

  static String place(int line, int number, String column) {
    return "line " + line + ", column " + number + " (" + column + ")";
  }
}

package dev.hatchery.rollout;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Fleets whose devices differ. */
final class Town {
  static final List<String> NETWORKS = List.of("ethernet", "wifi", "lte", "satellite");
  static final List<String> POWERS = List.of("mains", "solar");

  private Town() {}

  /** {@code site=oslo,network=lte}. */
  static Candidate device(String id, String labels) {
    Map<String, String> values = new TreeMap<>();
    Arrays.stream(labels.split(",", -1))
        .filter(label -> !label.isEmpty())
        .forEach(
            label ->
                values.put(
                    label.substring(0, label.indexOf('=')),
                    label.substring(label.indexOf('=') + 1)));
    return new Candidate(new DeviceId(id), new Labels(values), DeviceFacts.UNKNOWN);
  }

  static Candidate device(String id, String board, String chip, String runtime) {
    var facts =
        new DeviceFacts(
            board,
            "aarch64",
            "",
            "",
            new DataSize(0),
            List.of(chip),
            Map.of("hailort", Version.parse(runtime)),
            "");
    return new Candidate(new DeviceId(id), Labels.NONE, facts);
  }

  /** Sites of very different sizes, some labels missing. */
  static List<Candidate> random(Random random, int devices) {
    List<Candidate> fleet = new ArrayList<>();
    int sites = 1 + random.nextInt(30);
    for (int i = 0; i < devices; i++) {
      List<String> labels = new ArrayList<>();
      int site = (int) (sites * random.nextDouble() * random.nextDouble());
      if (random.nextInt(20) > 0) labels.add("site=s" + site);
      if (random.nextInt(10) > 0) labels.add("network=" + one(random, NETWORKS));
      if (random.nextInt(10) > 0) labels.add("power=" + one(random, POWERS));
      if (random.nextInt(100) == 0) labels.add("lab=yes");
      fleet.add(device("cam-" + i, String.join(",", labels)));
    }
    return fleet;
  }

  private static String one(Random random, List<String> values) {
    return values.get(random.nextInt(values.size()));
  }
}

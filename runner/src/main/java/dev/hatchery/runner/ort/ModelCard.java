package dev.hatchery.runner.ort;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a model file says about itself in {@code metadata_props}.
 *
 * @param labels names of the classes, in the order of the outputs
 * @param mean and {@code scale}: the model's input is {@code (value - mean) * scale}
 */
record ModelCard(List<String> labels, float mean, float scale) {
  /** Class names, separated by commas; without it classes are named by their numbers. */
  static final String LABELS = "hatchery.labels";

  /** Without both, values go in as they are. */
  static final String MEAN = "hatchery.mean";

  static final String SCALE = "hatchery.scale";

  private static final int CLASSES_MAX = 1000;

  ModelCard {
    labels = List.copyOf(labels);
  }

  /**
   * @param classes how many values the model's output has per entry
   */
  static ModelCard of(Map<String, String> metadata, int classes) {
    if (classes < 1 || classes > CLASSES_MAX) {
      throw unfit("1 to " + CLASSES_MAX + " classes", classes);
    }
    String named = metadata.get(LABELS);
    List<String> labels =
        named == null
            ? IntStream.range(0, classes).mapToObj(String::valueOf).toList()
            : List.of(named.split(",", -1));
    if (labels.size() != classes || new HashSet<>(labels).size() != classes) {
      throw unfit(classes + " different names in " + LABELS, labels);
    }
    return new ModelCard(labels, number(metadata, MEAN, 0), number(metadata, SCALE, 1));
  }

  private static float number(Map<String, String> metadata, String key, float whenAbsent) {
    String text = metadata.get(key);
    if (text == null) {
      return whenAbsent;
    }
    try {
      float value = Float.parseFloat(text);
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw unfit("a number in " + key, text).cause(e);
    }
    throw unfit("a finite number in " + key, text);
  }

  private static Refusal unfit(String expected, Object got) {
    return Refusal.of(Code.LOADER, "the model's description of itself does not hold")
        .expected(expected)
        .got(got);
  }
}

package dev.hatchery.bundle;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known of a model beyond its files; every part may be missing. It ends up in the SBOM.
 *
 * @param task for example {@code image-classification}
 * @param architecture for example {@code convolutional network, 4 layers}
 * @param license an SPDX id
 * @param datasets names of what it was trained on
 * @param metrics what CI measured, for example {@code accuracy: 0.981}
 */
public record ModelCard(
    Optional<String> task,
    Optional<String> architecture,
    Optional<String> license,
    List<String> datasets,
    Map<String, String> metrics) {
  public static final ModelCard EMPTY =
      new ModelCard(Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Map.of());

  public ModelCard {
    datasets = List.copyOf(datasets);
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
  }
}

package dev.hatchery.rollout;

import java.util.ArrayList;
import java.util.List;

/** Something that tells devices apart: a label, or a fact where no label has that name. */
record Dimension(String name) {
  /** The stratum of devices that say nothing. */
  static final String NONE = "(none)";

  /** An operator's label outranks what the device says of itself. */
  String of(Candidate device) {
    String value = device.labels().get(name).orElseGet(() -> fact(device));
    return value.isEmpty() ? NONE : value;
  }

  private String fact(Candidate device) {
    return switch (name) {
      case "board" -> device.facts().board();
      case "accelerator" -> stack(device);
      case "os" -> device.facts().os();
      case "kernel" -> device.facts().kernel();
      default -> "";
    };
  }

  // What runs the model is the chip and every version between it and the service.
  private static String stack(Candidate device) {
    List<String> parts = new ArrayList<>(device.facts().accelerators().stream().sorted().toList());
    device.facts().runtimes().forEach((name, version) -> parts.add(name + " " + version));
    return String.join(", ", parts);
  }
}

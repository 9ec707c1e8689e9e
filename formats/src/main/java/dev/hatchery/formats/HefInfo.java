package dev.hatchery.formats;

import java.util.List;
import java.util.Optional;

/**
 * What a HEF says about itself.
 *
 * @param headerVersion 0 to 3; 3 needs HailoRT 4.22 or so
 * @param architecture the accelerator it was compiled for, as its number in hef.proto
 * @param sdkVersion of the compiler, as it was written; may be empty
 * @param extensions what the runtime must be able to do, by name or, without one, {@code #number}
 * @param optionalExtensions what it may ignore
 * @param networkGroups their names, in order
 */
public record HefInfo(
    int headerVersion,
    int architecture,
    String sdkVersion,
    List<String> extensions,
    List<String> optionalExtensions,
    List<String> networkGroups) {
  public HefInfo {
    extensions = List.copyOf(extensions);
    optionalExtensions = List.copyOf(optionalExtensions);
    networkGroups = List.copyOf(networkGroups);
  }

  /** The accelerator's name as hef.proto has it, if this knows the number. */
  public Optional<String> architectureName() {
    return switch (architecture) {
      case 0 -> Optional.of("HAILO8");
      case 1 -> Optional.of("HAILO8P");
      case 2 -> Optional.of("HAILO8R");
      case 3 -> Optional.of("HAILO8L");
      case 4 -> Optional.of("HAILO15M");
      case 5 -> Optional.of("HAILO15L");
      // Hailo-10H and Hailo-15H alike
      case 103 -> Optional.of("HAILO1XH");
      case 104 -> Optional.of("GINGER");
      case 105 -> Optional.of("LAVENDER");
      default -> Optional.empty();
    };
  }
}

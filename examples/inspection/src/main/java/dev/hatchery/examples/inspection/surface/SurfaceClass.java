package dev.hatchery.examples.inspection.surface;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a tile of surface shows, in the order of the model's outputs. */
public enum SurfaceClass {
  OK(0),
  SCRATCH(1),
  DENT(2),
  STAIN(3);

  private final int output;

  SurfaceClass(int output) {
    this.output = output;
  }

  /** Which of the model's outputs scores this class. */
  public int output() {
    return output;
  }

  /** The name on the wire and in the model's metadata. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static List<String> labels() {
    return Arrays.stream(values()).map(SurfaceClass::label).toList();
  }
}

package dev.hatchery.core;

/**
 * One thing that a bundle asks of a device and that the device is not, or has not said.
 *
 * @param fact in people's words, for example {@code HailoRT}
 * @param got empty when the device has not said
 */
public record Misfit(String fact, String wanted, String got) {
  public boolean unknown() {
    return got.isEmpty();
  }

  /** {@code hailort 5.1.1, needs >=5.2.0}. */
  @Override
  public String toString() {
    return fact + " " + (unknown() ? "unknown" : got) + ", needs " + wanted;
  }
}

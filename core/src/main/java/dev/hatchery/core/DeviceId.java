package dev.hatchery.core;

import java.util.regex.Pattern;

/**
 * A device's name in the fleet, chosen by the device when it enrols and unique there: 1 to 63
 * characters.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

  public DeviceId {
    if (!FORM.matcher(value).matches()) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a device id")
          .expected(
              "1 to 63 characters of A-Z a-z 0-9 . _ -, beginning and ending with a letter or"
                  + " digit")
          .got(value);
    }
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

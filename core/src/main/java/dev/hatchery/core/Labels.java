package dev.hatchery.core;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A device's labels, Kubernetes syntax: at most 32, keys and values of at most 63 characters; a
 * value may be empty, and may hold {@code /} and {@code +} as well, as the names of zones do.
 */
public record Labels(Map<String, String> values) {
  public static final int MAX = 32;
  static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?");
  static final Pattern VALUE =
      Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._/+-]{0,61}[A-Za-z0-9])?)?");

  /** Devices of one site share an uplink and may be each other's peers. */
  public static final String SITE = "site";

  /** The account that a device's bytes are billed to. */
  public static final String SIM = "sim";

  /** IANA's name of the zone that a device's windows are meant in; UTC without one. */
  public static final String ZONE = "zone";

  /** Whether a device's link costs by the byte: true or false. */
  public static final String METERED = "metered";

  /** When a device that sleeps is awake, for example {@code 06.00-22.00}, in its {@link #ZONE}. */
  public static final String AWAKE = "awake";

  /** What {@link #AWAKE} says of a device that never sleeps. */
  public static final String ALWAYS = "always";

  public static final Labels NONE = new Labels(Map.of());

  public Labels {
    if (values.size() > MAX) {
      throw Refusal.of(Code.BAD_INPUT, "too many labels")
          .expected("at most " + MAX)
          .got(values.size());
    }
    values.forEach(Labels::check);
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  private static void check(String key, String value) {
    if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a label")
          .expected(
              "key=value, each of at most 63 characters of A-Z a-z 0-9 . _ -, a value's / and +"
                  + " too")
          .got(key + "=" + value);
    }
  }

  public Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** Refuses what is no zone: a window in a guessed zone would open at a wrong time. */
  public ZoneId zone() {
    return zoneOf(get(ZONE).orElse("UTC"));
  }

  /** A zone by IANA's name. */
  public static ZoneId zoneOf(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a time zone")
          .at("label " + ZONE)
          .expected("a name of IANA's, for example Europe/Oslo")
          .got(name)
          .cause(e);
    }
  }

  /**
   * When the device is awake; empty for one that always is, and for one that does not say. A window
   * with what a label may hold: a point stands for the colon, an underscore for the space, {@code
   * Mon-Fri_06.00-18.00}.
   */
  public Optional<DailyWindow> awake() {
    return get(AWAKE)
        .filter(text -> !text.equals(ALWAYS))
        .map(text -> DailyWindow.parse(text.replace('.', ':').replace('_', ' ')));
  }

  /**
   * These, and of the others those whose keys are not among these; refused when that is too many.
   */
  public Labels over(Labels others) {
    if (values.isEmpty()) return others;
    Map<String, String> all = new TreeMap<>(others.values);
    all.putAll(values);
    return new Labels(all);
  }

  /** Whatever is not plainly false counts as metered; without the label a link is not. */
  public boolean metered() {
    return !get(METERED).orElse("false").equals("false");
  }

  @Override
  public String toString() {
    return String.join(
        ",", values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }
}

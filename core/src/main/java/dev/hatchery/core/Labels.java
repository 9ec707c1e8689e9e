package dev.hatchery.core;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A device's labels, Kubernetes syntax: at most 32, keys and values of at most 63 characters; a
 * value may be empty.
 */
public record Labels(Map<String, String> values) {
  static final int MAX = 32;
  static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?");
  static final Pattern VALUE = Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?");
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
          .expected("key=value, each of at most 63 characters of A-Z a-z 0-9 . _ -")
          .got(key + "=" + value);
    }
  }

  public Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  @Override
  public String toString() {
    return String.join(
        ",", values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }
}

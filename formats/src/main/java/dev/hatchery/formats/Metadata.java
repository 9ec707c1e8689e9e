package dev.hatchery.formats;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The metadata of a file that is kept: the first entries, the short ones, sorted by key. */
final class Metadata {
  private final Map<String, String> entries = new TreeMap<>();

  void put(String key, Object value) {
    if (entries.size() < Limits.METADATA_ENTRIES) entries.put(key, String.valueOf(value));
  }

  /** Keeps the pair if both are short; nothing is read of what is not kept. */
  void put(String prefix, Span key, Span value) {
    if (fits(key)) put(prefix + key.text(Limits.METADATA_TEXT), value);
  }

  void put(String key, Span value) {
    if (fits(value)) put(key, value.text(Limits.METADATA_TEXT));
  }

  Map<String, String> kept() {
    return Collections.unmodifiableMap(entries);
  }

  private boolean fits(Span text) {
    return text.length() <= Limits.METADATA_TEXT && entries.size() < Limits.METADATA_ENTRIES;
  }
}

package dev.hatchery.delta.make;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Which part of the old file a part of the new one is like: by name, kind and length; else by
 * content, since converters rename; else by kind, in order.
 */
final class Pairing {
  private final Map<Part, Part> pairs = new HashMap<>();

  private Pairing() {}

  static Pairing of(Mapped old, Layout before, Mapped now, Layout after) {
    Pairing pairing = new Pairing();
    pairing.byName(before, after);
    pairing.byContent(old, before, now, after);
    pairing.byKind(before, after);
    return pairing;
  }

  Optional<Part> of(Part part) {
    return Optional.ofNullable(pairs.get(part));
  }

  private void byName(Layout before, Layout after) {
    Map<String, Part> named = new HashMap<>();
    before.all().forEach(part -> named.put(part.name() + "\n" + part.kind(), part));
    for (Part part : after.all()) {
      Part found = named.get(part.name() + "\n" + part.kind());
      if (found != null && found.length() == part.length()) pairs.put(part, found);
    }
  }

  private void byContent(Mapped old, Layout before, Mapped now, Layout after) {
    Map<Long, Part> known = new HashMap<>();
    before.all().forEach(part -> known.putIfAbsent(sum(old, part), part));
    for (Part part : after.all()) {
      Part paired = pairs.get(part);
      if (paired != null && now.same(part.at(), old, paired.at(), part.length())) continue;
      Part found = known.get(sum(now, part));
      if (found != null
          && found.length() == part.length()
          && now.same(part.at(), old, found.at(), part.length())) {
        pairs.put(part, found);
      }
    }
  }

  private static long sum(Mapped file, Part part) {
    CRC32C sum = new CRC32C();
    sum.update(file.segment().asSlice(part.at(), part.length()).asByteBuffer());
    return (sum.getValue() << 31) ^ part.length();
  }

  private void byKind(Layout before, Layout after) {
    Set<Part> taken = new HashSet<>(pairs.values());
    Map<String, ArrayDeque<Part>> left = new HashMap<>();
    for (Part part : before.all()) {
      if (!taken.contains(part)) {
        left.computeIfAbsent(part.kind(), _ -> new ArrayDeque<>()).add(part);
      }
    }
    for (Part part : after.all()) {
      ArrayDeque<Part> alike = left.get(part.kind());
      if (pairs.containsKey(part) || alike == null || alike.isEmpty()) continue;
      pairs.put(part, alike.remove());
    }
  }
}

package dev.hatchery.registry;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One repository's manifests, tags and referrers; immutable.
 *
 * @param tags in ASCII order, which is the order the tag list has (distribution-spec 1.1, Listing
 *     tags)
 */
record Repository(
    Map<Digest, CatalogEntry> manifests,
    NavigableMap<String, Digest> tags,
    Map<Digest, List<Descriptor>> referrers) {
  static final Repository EMPTY =
      new Repository(Map.of(), Collections.emptyNavigableMap(), Map.of());
  private static final int MAX_REFERRERS = 128;

  int size() {
    return manifests.size() + tags.size();
  }

  Repository with(CatalogEntry entry) {
    if (manifests.containsKey(entry.digest())) return this;
    Map<Digest, CatalogEntry> more = new HashMap<>(manifests);
    more.put(entry.digest(), entry);
    return new Repository(
        Collections.unmodifiableMap(more),
        tags,
        entry.subject().map(subject -> referrersWith(subject, entry)).orElse(referrers));
  }

  private Map<Digest, List<Descriptor>> referrersWith(Digest subject, CatalogEntry entry) {
    List<Descriptor> list = new ArrayList<>(referrers.getOrDefault(subject, List.of()));
    if (list.size() >= MAX_REFERRERS) {
      throw full("a manifest has as many referrers as it may have", MAX_REFERRERS);
    }
    list.add(entry.descriptor());
    list.sort((a, b) -> a.digest().compareTo(b.digest()));
    Map<Digest, List<Descriptor>> more = new HashMap<>(referrers);
    more.put(subject, List.copyOf(list));
    return Collections.unmodifiableMap(more);
  }

  /** Refuses IMMUTABLE when the tag is a release and names another manifest. */
  Repository with(String tag, Digest manifest, int maxTags) {
    Digest before = tags.get(tag);
    if (manifest.equals(before)) return this;
    if (before != null && isRelease(tag)) {
      throw Refusal.of(Code.IMMUTABLE, "a release's tag never moves")
          .expected(before)
          .got(manifest)
          .fix("release under a new version");
    }
    if (before == null && tags.size() >= maxTags) {
      throw full("a repository has as many tags as it may have", maxTags);
    }
    NavigableMap<String, Digest> more = new TreeMap<>(tags);
    more.put(tag, manifest);
    return new Repository(manifests, Collections.unmodifiableNavigableMap(more), referrers);
  }

  Optional<CatalogEntry> tagged(String tag) {
    return Optional.ofNullable(tags.get(tag)).map(manifests::get);
  }

  private static boolean isRelease(String tag) {
    try {
      Version.parse(tag);
      return true;
    } catch (Refusal e) {
      return false;
    }
  }

  static Refusal full(String title, int max) {
    return Refusal.of(Code.FORBIDDEN, title).expected("at most " + max);
  }
}

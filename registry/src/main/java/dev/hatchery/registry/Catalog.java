package dev.hatchery.registry;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.wire.tree.Node;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which manifests and tags each repository has; immutable, so readers need no lock. Entries of
 * index.json that are not ours are carried along untouched.
 */
public final class Catalog {
  private final NavigableMap<Name, Repository> repositories;
  private final List<Node> foreign;

  Catalog(Map<Name, Repository> repositories, List<Node> foreign) {
    this.repositories = Collections.unmodifiableNavigableMap(new TreeMap<>(repositories));
    this.foreign = List.copyOf(foreign);
  }

  public Set<Name> repositories() {
    return repositories.keySet();
  }

  /** In ASCII order. */
  public Set<String> tags(Name repo) {
    return repository(repo).tags().keySet();
  }

  /** The digest of the manifest that a tag names. */
  public Optional<Digest> tag(Name repo, String tag) {
    return Optional.ofNullable(repository(repo).tags().get(tag));
  }

  Repository repository(Name repo) {
    return repositories.getOrDefault(repo, Repository.EMPTY);
  }

  List<Descriptor> referrers(Name repo, Digest subject) {
    return repository(repo).referrers().getOrDefault(subject, List.of());
  }

  List<Node> foreign() {
    return foreign;
  }

  /** The catalog after a push; the same object when the push brings nothing new. */
  Catalog with(Name repo, Optional<String> tag, CatalogEntry entry, RegistryLimits limits) {
    Repository before = repository(repo);
    Repository after = before.with(entry);
    if (tag.isPresent()) after = after.with(tag.get(), entry.digest(), limits.tags());
    if (after.equals(before)) return this;
    if (size() - before.size() + after.size() > limits.manifests()) {
      throw Repository.full("the registry holds as much as it may", limits.manifests());
    }
    Map<Name, Repository> more = new TreeMap<>(repositories);
    more.put(repo, after);
    return new Catalog(more, foreign);
  }

  private int size() {
    return foreign.size() + repositories.values().stream().mapToInt(Repository::size).sum();
  }
}

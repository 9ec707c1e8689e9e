package dev.hatchery.registry;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.util.Set;

/** Rights as a test needs them: whole repositories. */
record Rights(boolean known, Set<String> pull, Set<String> push) implements Access {
  static final Rights NOBODY = new Rights(false, Set.of(), Set.of());

  static Rights all(String... repos) {
    return new Rights(true, Set.of(repos), Set.of(repos));
  }

  @Override
  public boolean mayPull(Name repo, Digest content) {
    return pull.contains(repo.value());
  }

  @Override
  public boolean mayPull(Name repo, String tag) {
    return pull.contains(repo.value());
  }

  @Override
  public boolean mayList(Name repo) {
    return pull.contains(repo.value());
  }

  @Override
  public boolean mayPush(Name repo) {
    return push.contains(repo.value());
  }
}

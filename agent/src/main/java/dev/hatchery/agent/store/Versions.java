package dev.hatchery.agent.store;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.util.Optional;

/** File names that are digests. */
final class Versions {
  private Versions() {}

  static Optional<Digest> digest(String name) {
    try {
      return Optional.of(new Digest(name));
    } catch (Refusal anotherName) {
      return Optional.empty();
    }
  }
}

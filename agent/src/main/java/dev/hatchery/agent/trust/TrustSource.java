package dev.hatchery.agent.trust;

import dev.hatchery.core.Envelope;
import java.util.Optional;

/**
 * Where signed documents come from. It is not believed; an empty answer means that there is none,
 * and a {@link dev.hatchery.core.Refusal} that nobody could be asked.
 */
public interface TrustSource {
  Optional<Envelope> trust(long version) throws InterruptedException;

  Optional<Envelope> policy() throws InterruptedException;
}

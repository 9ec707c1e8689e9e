package dev.hatchery.agent.peer;

import dev.hatchery.core.Digest;
import dev.hatchery.wire.ChunkList;
import java.util.Optional;

/** Who can be asked what the pieces of a blob hash to: the server. */
public interface ChunkSource {
  /**
   * The list.
   *
   * @return empty when the server has none, or knows no such lists
   * @throws dev.hatchery.core.Refusal RATE_LIMITED while it is being made; others when the server
   *     cannot be asked
   */
  Optional<ChunkList> chunks(Digest blob) throws InterruptedException;
}

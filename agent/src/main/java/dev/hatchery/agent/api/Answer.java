package dev.hatchery.agent.api;

import dev.hatchery.core.Refusal;
import java.time.Duration;

/** What a call brought, and how long the server wants to be left alone after it. */
public sealed interface Answer<T> {
  Duration retryAfter();

  /** It went well. */
  record Good<T>(T value, Duration retryAfter) implements Answer<T> {}

  /** It did not. */
  record Bad<T>(Refusal why, Duration retryAfter) implements Answer<T> {}
}

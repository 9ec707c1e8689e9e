package dev.hatchery.server.http;

import java.util.concurrent.CompletableFuture;

/** What a handler ends with. */
public sealed interface Outcome permits Answer, Outcome.Parked {
  /** The answer comes later; until then the request holds no thread. */
  record Parked(CompletableFuture<Answer> later) implements Outcome {}
}

package dev.hatchery.server.http;

/** Answers a request. It may block, and throws a {@code Refusal} for what is refused. */
@FunctionalInterface
public interface Handler {
  Outcome handle(Exchange exchange);
}

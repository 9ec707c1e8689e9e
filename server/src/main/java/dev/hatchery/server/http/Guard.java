package dev.hatchery.server.http;

/** Decides who is let in. */
@FunctionalInterface
public interface Guard {
  /** Who the sender is; refuses those whom the route's access does not take. */
  Caller admit(Route route, Exchange exchange);
}

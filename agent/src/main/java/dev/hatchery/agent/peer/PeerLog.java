package dev.hatchery.agent.peer;

/** Where this room tells what an operator may want to know. */
@FunctionalInterface
public interface PeerLog {
  /** Keys and values in turn. */
  void line(String event, Object... pairs);
}

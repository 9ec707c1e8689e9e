package dev.hatchery.agent.service;

import java.time.Duration;

/** What the agent asks of a slot's service. */
public interface Service {
  /** What became of asking it to load {@code current}. */
  sealed interface Reloaded {}

  /** It says that it did. */
  record Done() implements Reloaded {}

  /** It could not be asked now; whoever starts it will have it load {@code current} anyway. */
  record Away(String detail) implements Reloaded {}

  /** It will not. */
  record Unwilling(String detail) implements Reloaded {}

  /** What became of a request. */
  sealed interface Answer {}

  /** It answered with this label. */
  record Labelled(String label) implements Answer {}

  /** It answered, but not with a label. */
  record Wrong(String detail) implements Answer {}

  /** It did not answer. */
  record Silent(String detail) implements Answer {}

  Reloaded reload(Duration patience) throws InterruptedException;

  /** One look at its health, what it serves and its metrics; a few seconds at most. */
  Look look() throws InterruptedException;

  Answer infer(byte[] request) throws InterruptedException;

  /** Whether a reload is a start of the process, which is then not a restart by somebody else. */
  boolean reloadStartsProcess();
}

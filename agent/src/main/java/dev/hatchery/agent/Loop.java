package dev.hatchery.agent;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls a step again and again on a virtual thread of its own. */
final class Loop {
  private final String name;
  private final Step step;
  private final Consumer<Throwable> failed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private boolean woken;
  private boolean stopping;
  private @Nullable Thread thread;

  /** A short piece of work. */
  interface Step {
    /** Returns when it wants to be called again, unless it is woken before. */
    Duration run() throws InterruptedException;
  }

  Loop(String name, Step step, Consumer<Throwable> failed) {
    this.name = name;
    this.step = step;
    this.failed = failed;
  }

  void start() {
    lock.lock();
    try {
      thread = Thread.ofVirtual().name(name).start(this::run);
    } finally {
      lock.unlock();
    }
  }

  /** There is news: the next step begins at once. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** No further step begins. */
  void stop() {
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the running step to end; false when it has not until then. */
  boolean ended(long deadlineNanos) throws InterruptedException {
    Thread running = running();
    long left = Math.max(1, deadlineNanos - System.nanoTime());
    return running == null || running.join(Duration.ofNanos(left));
  }

  /** The running step is not waited for any longer. */
  void interrupt() {
    Thread running = running();
    if (running != null) running.interrupt();
  }

  private @Nullable Thread running() {
    lock.lock();
    try {
      return thread;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (mayGoOn()) pause(step.run());
    } catch (InterruptedException e) {
      // Only when the agent ends.
    } catch (RuntimeException | Error e) {
      failed.accept(e);
    }
  }

  private boolean mayGoOn() {
    lock.lock();
    try {
      // What woke the loop until now, the step that begins will see.
      woken = false;
      return !stopping;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration longest) throws InterruptedException {
    lock.lock();
    try {
      long left = longest.toNanos();
      while (left > 0 && !woken && !stopping) left = changed.awaitNanos(left);
    } finally {
      lock.unlock();
    }
  }
}

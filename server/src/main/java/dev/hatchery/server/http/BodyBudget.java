package dev.hatchery.server.http;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How much memory the bodies of all requests may take together. */
final class BodyBudget {
  private static final DataSize LEAST = DataSize.mib(8);

  private final int kib;
  private final Semaphore left;

  BodyBudget(DataSize total) {
    this.kib = kib(total);
    this.left = new Semaphore(kib);
  }

  /** An eighth of the heap: parsed, a body takes several times its size. */
  static BodyBudget ofThisMachine() {
    long eighth = Runtime.getRuntime().maxMemory() / 8;
    return new BodyBudget(new DataSize(Math.max(LEAST.bytes(), eighth)));
  }

  /**
   * Takes room for a body, waiting a moment for others to give theirs back.
   *
   * @return what has to be given back
   */
  int take(DataSize size) {
    int wanted = Math.min(kib, kib(size));
    try {
      boolean taken =
          left.tryAcquire(wanted, Limits.AT_WORK_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (taken) return wanted;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw Refusal.of(Code.RATE_LIMITED, "too much is being sent at once")
        .fix("try again in a moment");
  }

  void giveBack(int taken) {
    left.release(taken);
  }

  private static int kib(DataSize size) {
    return (int) Math.min(Integer.MAX_VALUE, size.bytes() / 1024 + 1);
  }
}

package dev.hatchery.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Waits for what real processes do, with a deadline that says what was last seen. */
final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private Await() {}

  static <T> T until(String what, Callable<T> look, Predicate<T> good) throws InterruptedException {
    return until(what, PATIENCE, look, good);
  }

  static <T> T until(String what, Duration patience, Callable<T> look, Predicate<T> good)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Object last = "nothing";
    while (true) {
      try {
        T seen = look.call();
        last = seen;
        if (good.test(seen)) return seen;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + patience + ": " + what + "; last seen: " + last);
      }
      Thread.sleep(PAUSE);
    }
  }
}

package dev.hatchery.runner;

import dev.hatchery.core.Digest;
import dev.hatchery.runner.ort.OnnxModel;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model in service, and how many requests are using it. It is closed by whoever is last: the one
 * who retires it, or the last request that began before.
 */
final class LoadedModel {
  private final Digest bundle;
  private final Digest file;
  private final OnnxModel model;
  private final Instant loadedAt;

  // One for being in service, one per request in flight. It never rises from 0 again, which is why
  // nobody can get hold of a closed model.
  private final AtomicInteger users = new AtomicInteger(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  LoadedModel(Digest bundle, Digest file, OnnxModel model, Instant loadedAt) {
    this.bundle = bundle;
    this.file = file;
    this.model = model;
    this.loadedAt = loadedAt;
  }

  /** The digest of the bundle's manifest. */
  Digest bundle() {
    return bundle;
  }

  /** The digest of the very bytes that were loaded. */
  Digest file() {
    return file;
  }

  OnnxModel model() {
    return model;
  }

  Instant loadedAt() {
    return loadedAt;
  }

  /** Begins a use; false when the model is closed or about to be. */
  boolean use() {
    return users.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
  }

  /** Ends a use, or the time in service. */
  void release() {
    if (users.decrementAndGet() == 0) {
      model.close();
      closed.countDown();
    }
  }

  /** Waits until the last user is gone; false when some are still there after {@code limit}. */
  boolean awaitClosed(Duration limit) throws InterruptedException {
    return closed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}

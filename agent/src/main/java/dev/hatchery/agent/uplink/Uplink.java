package dev.hatchery.agent.uplink;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseAnswer.Granted;
import dev.hatchery.wire.LeaseRequest;
import dev.hatchery.wire.LeaseUse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One order's use of the uplink. Before each piece of a download it is {@linkplain #leave asked},
 * and told what {@linkplain #took came}.
 *
 * <pre>
 *   nothing ──ask──► granted ──half of its time──► renew ──► granted, or waiting
 *                       │ its bytes are used up: given back, and asked for anew
 *                       └ the server cannot be reached: goes on until its time is over
 * </pre>
 *
 * <p>Not thread-safe.
 */
public final class Uplink implements Valve {
  /** What is no larger costs about as little as asking for it. */
  private static final DataSize FREE = DataSize.kib(256);

  /** What is no larger is not even asked of the neighbours; all of a site pay for the rest. */
  private static final DataSize NOT_SHARED = DataSize.kib(16);

  private static final Duration RETRY_RENEWAL = Duration.ofSeconds(5);

  private final LeaseDesk desk;
  private final LongSupplier nanos;
  private final Optional<DataSize> ordered;
  private final boolean free;
  private @Nullable Held held;
  private boolean withoutLeases;
  private LeaseAnswer.@Nullable Wait waiting;
  private long waitUntil;
  private @Nullable RateLimit limit;
  private Optional<DataSize> limitedTo = Optional.empty();

  /** A lease: how much has come under it, when it must be renewed, when it ends. */
  private static final class Held {
    final String lease;
    long used;
    long most = Long.MAX_VALUE;
    long renewAt;
    long endsAt;

    Held(String lease) {
      this.lease = lease;
    }
  }

  /** What may be done now. */
  public sealed interface Leave {}

  /** Read, as far as the valve is open. */
  public record Go() implements Leave {}

  /** The rate is used up for so long. */
  public record Pause(Duration time) implements Leave {}

  /**
   * A limit holds.
   *
   * @param siteIsFetching a neighbour will have the file
   */
  public record Wait(Duration time, String why, boolean siteIsFetching) implements Leave {}

  /**
   * For an order.
   *
   * @param rate as the order says, bytes per second
   * @param free of leases and limits, as a rollback is
   */
  public Uplink(LeaseDesk desk, LongSupplier nanos, Optional<DataSize> rate, boolean free) {
    this.desk = desk;
    this.nanos = nanos;
    this.ordered = rate;
    this.free = free;
  }

  /** Whether the next bytes may come; asks and renews where it must. */
  public Leave leave(LeaseRequest request) throws InterruptedException {
    if (free) return new Go();
    Optional<Wait> wait = held == null ? obtain(request) : renew(request);
    if (wait.isPresent()) return wait.get();
    limitTo(held == null ? ordered : limitedTo);
    Duration pause = limit == null ? Duration.ZERO : limit.pause();
    return pause.isPositive() ? new Pause(pause) : new Go();
  }

  @Override
  public long room() {
    if (limit != null && limit.pause().isPositive()) return 0;
    return held == null ? Long.MAX_VALUE : held.most - held.used;
  }

  @Override
  public void took(long bytes) {
    if (held != null) held.used += bytes;
    if (limit != null) limit.took(bytes);
  }

  @Override
  public long within(Duration time) {
    return limit == null ? Long.MAX_VALUE : limit.within(time);
  }

  private Optional<Wait> obtain(LeaseRequest request) throws InterruptedException {
    DataSize small = request.peers() ? NOT_SHARED : FREE;
    if (withoutLeases || request.bytes() <= small.bytes()) return Optional.empty();
    Optional<Wait> still = stillWaiting();
    if (still.isPresent()) return still;
    Optional<LeaseAnswer> answer = asked(request);
    withoutLeases = answer.isEmpty();
    return answer.flatMap(this::take);
  }

  // A refusal by a limit is told like a wait: the order has not failed, and is asked for again.
  private Optional<LeaseAnswer> asked(LeaseRequest request) throws InterruptedException {
    try {
      return desk.ask(request);
    } catch (Refusal refusal) {
      if (refusal.code() != Code.LIMIT && refusal.code() != Code.BUDGET) throw refusal;
      String why = refusal.problem().line();
      return Optional.of(new LeaseAnswer.Wait(Duration.ofMinutes(1), why, false));
    }
  }

  private Optional<Wait> stillWaiting() {
    LeaseAnswer.Wait wait = waiting;
    long left = waitUntil - nanos.getAsLong();
    if (wait == null || left <= 0) return Optional.empty();
    return Optional.of(told(wait, Duration.ofNanos(left)));
  }

  private static Wait told(LeaseAnswer.Wait wait, Duration left) {
    return new Wait(left, "waits: " + wait.reason(), wait.siteIsFetching());
  }

  private Optional<Wait> take(LeaseAnswer answer) {
    long now = nanos.getAsLong();
    switch (answer) {
      case Granted granted -> {
        Held lease = held;
        if (lease == null || !lease.lease.equals(granted.lease()))
          lease = new Held(granted.lease());
        lease.renewAt = now + granted.valid().dividedBy(2).toNanos();
        lease.endsAt = now + granted.valid().toNanos();
        // All together: what came under it before the renewal counts.
        lease.most = granted.bytes().orElse(Long.MAX_VALUE);
        held = lease;
        waiting = null;
        limitedTo = least(ordered, granted.rate());
        return Optional.empty();
      }
      case LeaseAnswer.Wait wait -> {
        held = null;
        waiting = wait;
        waitUntil = now + wait.retryAfter().toNanos();
        return Optional.of(told(wait, wait.retryAfter()));
      }
    }
  }

  private Optional<Wait> renew(LeaseRequest request) throws InterruptedException {
    Held lease = held;
    if (lease == null) return obtain(request);
    long now = nanos.getAsLong();
    if (lease.used >= lease.most) {
      end();
      return obtain(request);
    }
    if (now - lease.renewAt < 0) return Optional.empty();
    try {
      Optional<LeaseAnswer> answer = desk.renew(lease.lease, new LeaseUse(lease.used, false));
      return answer.flatMap(this::take);
    } catch (Refusal refusal) {
      return renewalFailed(lease, refusal, request);
    }
  }

  private Optional<Wait> renewalFailed(Held lease, Refusal refusal, LeaseRequest request)
      throws InterruptedException {
    boolean over =
        refusal.code() == Code.NO_LEASE
            || refusal.code() == Code.NOT_FOUND
            || nanos.getAsLong() - lease.endsAt >= 0;
    if (over) {
      held = null;
      return obtain(request);
    }
    lease.renewAt = nanos.getAsLong() + RETRY_RENEWAL.toNanos();
    return Optional.empty();
  }

  private void limitTo(Optional<DataSize> rate) {
    if (rate.isEmpty()) limit = null;
    else if (limit == null) limit = new RateLimit(rate.get(), nanos);
    else limit.change(rate.get());
  }

  private static Optional<DataSize> least(Optional<DataSize> a, Optional<DataSize> b) {
    if (a.isEmpty() || b.isEmpty()) return a.or(() -> b);
    return a.get().compareTo(b.get()) <= 0 ? a : b;
  }

  /** Gives the lease back, if there is one. Where that cannot be told, it ends by itself. */
  public void end() throws InterruptedException {
    Held lease = held;
    held = null;
    if (lease == null) return;
    try {
      desk.renew(lease.lease, new LeaseUse(lease.used, true));
    } catch (Refusal endsByItself) {
      // Its time runs out at the server.
    }
  }
}

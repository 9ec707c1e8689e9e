package dev.hatchery.server.telemetry;

import dev.hatchery.rollout.Heard;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * When the server took reports. A device that was not heard of while it did not is no silent one. A
 * quarter of an hour counts only when it listened throughout, as far as it noticed itself: a server
 * that stood still for a while begins anew.
 */
public final class Listening {
  /** It looks at itself once a minute. */
  private static final Duration STOOD_STILL = Duration.ofMinutes(5);

  private final Db db;
  private final InstantSource clock;
  private volatile Heard heard; // replaced whole, by what stands in the table
  private final AtomicReference<Watch> watch;

  /** Since when it listens without a break, and when it looked last. */
  private record Watch(Instant since, Instant looked) {
    Watch at(Instant now) {
      Duration unnoticed = Duration.between(looked, now);
      boolean broken = unnoticed.isNegative() || unnoticed.compareTo(STOOD_STILL) > 0;
      return new Watch(broken ? now : since, now);
    }
  }

  /** Listens from now on. */
  public Listening(Db db, InstantSource clock) {
    this.db = db;
    this.clock = clock;
    Instant now = clock.instant();
    this.watch = new AtomicReference<>(new Watch(now, now));
    this.heard = db.read(Listening::stored).orElse(Heard.NEVER);
  }

  public Heard heard() {
    return heard;
  }

  /** Notes that it still listens; to be called once a minute. */
  public void note() {
    Instant now = clock.instant();
    Instant since = watch.updateAndGet(w -> w.at(now)).since;
    if (heard.throughout(since, now).equals(heard)) return;
    // Joined to what stands there: another server may listen as well.
    heard =
        db.write(
            tx -> {
              Heard all = stored(tx).orElse(Heard.NEVER).throughout(since, now);
              tx.run(
                  "INSERT INTO listening (one, heard) VALUES (1, ?)"
                      + " ON CONFLICT (one) DO UPDATE SET heard = excluded.heard",
                  all.bytes());
              return all;
            });
  }

  private static Optional<Heard> stored(Rows rows) {
    return rows.one("SELECT heard FROM listening", (Row row) -> Heard.of(row.blob("heard")));
  }
}

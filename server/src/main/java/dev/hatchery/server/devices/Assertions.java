package dev.hatchery.server.devices;

import dev.hatchery.bundle.sign.Assertion;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Devices' assertions, each taken once. They are remembered in the database: a restart of the
 * server makes none of them fresh again.
 */
public final class Assertions {
  /** Whom assertions have to address. */
  public static final String AUDIENCE = "hatchery";

  private final DeviceStore devices;
  private final Db db;
  private final InstantSource clock;

  public Assertions(DeviceStore devices, Db db, InstantSource clock) {
    this.devices = devices;
    this.db = db;
    this.clock = clock;
  }

  /** The device that signed this just now; refused when it was shown before. */
  Device take(String jwt) {
    Device device =
        devices
            .find(Assertion.claimedDevice(jwt))
            .orElseThrow(() -> Refusal.of(Code.UNAUTHENTICATED, "this device is not enrolled"));
    Instant now = clock.instant();
    Assertion assertion = Assertion.verify(jwt, device.key(), AUDIENCE, now, Assertion.MAX_AGE);
    Instant forgotten =
        assertion.issuedAt().plus(Assertion.MAX_AGE).plus(Assertion.SKEW).plusSeconds(1);
    boolean fresh = db.write(tx -> remember(tx, assertion, forgotten));
    if (!fresh) {
      throw Refusal.of(Code.UNAUTHENTICATED, "this assertion was used before")
          .fix("sign a new one with a jti of its own");
    }
    return device;
  }

  /** Forgets those that have expired anyway. */
  public void prune(Tx tx) {
    tx.run("DELETE FROM assertion WHERE expires < ?", clock.instant());
  }

  private static boolean remember(Tx tx, Assertion assertion, Instant until) {
    int added =
        tx.run(
            "INSERT INTO assertion (device, jti, expires) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            assertion.device(),
            assertion.id(),
            until);
    return added == 1;
  }
}

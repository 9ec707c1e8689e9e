package dev.hatchery.agent.trust;

import dev.hatchery.agent.trust.Acceptance.Mark;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;

/**
 * Sees that news is being held back: the server's signed heartbeat names a counter that the device
 * does not get to see.
 *
 * <p>Not thread-safe: the reporter's.
 */
public final class Freshness {
  private static final DataSize MAX = DataSize.kib(4);

  /** A poll takes a moment; only news that stays away for so many heartbeats is held back. */
  private static final int PATIENCE = 3;

  private final TrustStore store;
  private Mark behind = Acceptance.NOTHING;
  private int heartbeats;

  /** What a heartbeat means. */
  public enum Sign {
    /** The device has the newest. */
    FRESH,
    /** There is news: ask at once. */
    NEWS,
    /** There has been news for long, and asking does not bring it. Said once for each. */
    FROZEN
  }

  public Freshness(TrustStore store) {
    this.store = store;
  }

  /**
   * Checks a heartbeat.
   *
   * @param nonce what the device sent with its question
   * @throws Refusal when the director did not sign it, or signed it for another question
   */
  public Heartbeat check(Envelope envelope, String nonce) {
    byte[] payload = store.requireDirected(envelope, Envelope.HEARTBEAT);
    Heartbeat heartbeat = Wire.HEARTBEAT.parse(payload, MAX, "heartbeat");
    if (!heartbeat.nonce().equals(nonce)) {
      throw Refusal.of(Code.FREEZE, "this heartbeat answers another question")
          .expected(nonce)
          .got(heartbeat.nonce());
    }
    store.heard(heartbeat.now());
    return heartbeat;
  }

  /**
   * Compares it with what the device has seen.
   *
   * @param seen the highest mark that came, believed or not
   */
  public Sign judge(Heartbeat heartbeat, Mark seen) {
    Mark told = new Mark(heartbeat.keyset(), heartbeat.counter());
    if (told.compareTo(seen) <= 0) {
      heartbeats = 0;
      return Sign.FRESH;
    }
    heartbeats++;
    if (heartbeats < PATIENCE || told.equals(behind)) return Sign.NEWS;
    behind = told;
    return Sign.FROZEN;
  }
}

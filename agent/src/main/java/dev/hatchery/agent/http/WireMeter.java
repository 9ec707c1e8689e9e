package dev.hatchery.agent.http;

import dev.hatchery.core.WireCount;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the connections to one place have carried. Over TLS it is exact: handshakes, records
 * and their padding, all that goes into the socket. Without TLS, which is spoken on loopback only,
 * it is what requests and answers are made of, without the frames of chunked bodies.
 */
public final class WireMeter {
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();

  void sent(long bytes) {
    sent.add(bytes);
  }

  void received(long bytes) {
    received.add(bytes);
  }

  /** Since this meter was made. */
  public WireCount count() {
    return new WireCount(sent.sum(), received.sum());
  }
}

package dev.hatchery.wire;

import dev.hatchery.core.Envelope;
import java.time.Duration;

/**
 * What a batch of reports is answered.
 *
 * @param ackSeq the last report that is now durable on the server; the device may forget up to it
 * @param nextReport how long the device may be silent; the server's choice, short only during a
 *     rollout
 * @param heartbeat signed by the director
 */
public record ReportAnswer(long ackSeq, Duration nextReport, Envelope heartbeat) {}

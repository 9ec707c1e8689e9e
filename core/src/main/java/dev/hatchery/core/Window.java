package dev.hatchery.core;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * What a service did in one short stretch of time, with one bundle. A stretch that spans a switch
 * or a restart is split, so a window never mixes two.
 *
 * @param index numbers a boot's windows from 0
 * @param warm false while the service had just started: such a window does not count as evidence
 * @param inputs inputs that were offered to the service
 * @param requests inferences done, failed ones included
 * @param errors inferences that failed
 * @param restarts starts of the service seen in this window
 * @param sample the latency bucket of one request drawn by lot, so that a device gives at most one
 *     Bernoulli trial a window and autocorrelation cannot fool the gate (gates reference, section
 *     2)
 * @param readings of host, accelerator and service
 * @param shadow what the bundle did as a shadow: nobody was served its answers
 */
public record Window(
    Name slot,
    Digest bundle,
    long index,
    Instant start,
    Duration length,
    boolean warm,
    long inputs,
    long requests,
    long errors,
    int restarts,
    LatencyHistogram latency,
    OptionalInt sample,
    Readings readings,
    boolean shadow) {
  private static final Duration MAX_LENGTH = Duration.ofDays(1);

  public Window {
    if (index < 0
        || inputs < 0
        || requests < 0
        || errors < 0
        || errors > requests
        || restarts < 0) {
      throw Refusal.of(Code.BAD_INPUT, "a window's counts do not add up")
          .expected("0 <= errors <= requests")
          .got(errors + " of " + requests);
    }
    if (length.isNegative() || length.compareTo(MAX_LENGTH) > 0) {
      throw Refusal.of(Code.BAD_INPUT, "a window has a wrong length").got(length);
    }
    if (sample.isPresent()
        && (sample.getAsInt() < 0 || sample.getAsInt() >= LatencyHistogram.BUCKETS)) {
      throw Refusal.of(Code.BAD_INPUT, "a window's sample is in no bucket").got(sample.getAsInt());
    }
  }

  /** Of the bundle that is served. */
  public Window(
      Name slot,
      Digest bundle,
      long index,
      Instant start,
      Duration length,
      boolean warm,
      long inputs,
      long requests,
      long errors,
      int restarts,
      LatencyHistogram latency,
      OptionalInt sample,
      Readings readings) {
    this(
        slot, bundle, index, start, length, warm, inputs, requests, errors, restarts, latency,
        sample, readings, false);
  }

  /** The same, of a bundle that ran as a shadow. */
  public Window asShadow() {
    return new Window(
        slot, bundle, index, start, length, warm, inputs, requests, errors, restarts, latency,
        sample, readings, true);
  }

  /** A window that read nothing beside requests and latency. */
  public Window(
      Name slot,
      Digest bundle,
      long index,
      Instant start,
      Duration length,
      boolean warm,
      long inputs,
      long requests,
      long errors,
      int restarts,
      LatencyHistogram latency,
      OptionalInt sample) {
    this(
        slot,
        bundle,
        index,
        start,
        length,
        warm,
        inputs,
        requests,
        errors,
        restarts,
        latency,
        sample,
        Readings.NONE);
  }
}

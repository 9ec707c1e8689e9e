package dev.hatchery.agent.peer;

import java.util.concurrent.atomic.LongAdder;

/** Bytes of bodies since the start. */
final class Counts {
  final LongAdder fetched = new LongAdder();
  final LongAdder wasted = new LongAdder();
  final LongAdder served = new LongAdder();
}

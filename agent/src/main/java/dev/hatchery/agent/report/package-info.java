/**
 * What the device tells, once, signed, and without forgetting.
 *
 * <p>{@link dev.hatchery.agent.report.Outbox} keeps signed reports until the server says that they
 * are durable there; {@link dev.hatchery.agent.report.WindowBuffer} keeps measurements until a
 * report takes them, and thins them when it must; {@link dev.hatchery.agent.report.Reporter} makes
 * reports from the journal's entries, the slots' states and the windows, sends them, and reads the
 * heartbeat in the answer. Events come from the journal, so none is lost in a crash and none is
 * told that did not happen (invariants I6 and I7).
 */
@NullMarked
package dev.hatchery.agent.report;

import org.jspecify.annotations.NullMarked;

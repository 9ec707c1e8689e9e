/**
 * What devices say: signed reports, taken once each, on disk before they are acknowledged.
 *
 * <p>A report updates what is known of its device, its own past under each bundle ({@link
 * dev.hatchery.server.telemetry.BaselineStore}), and becomes a numbered row that a rollout counts
 * as evidence. A gap in the numbers or a broken hash chain is accepted, for the truth may still be
 * in the report, but it is put on record: a clone of a device looks like that.
 */
@NullMarked
package dev.hatchery.server.telemetry;

import org.jspecify.annotations.NullMarked;

/**
 * What happened to each slot, in order, on disk before it has consequences.
 *
 * <p>A {@link dev.hatchery.agent.journal.Journal} is one append-only file of checksummed {@link
 * dev.hatchery.agent.journal.Entry entries}, each durable when it is written (durability reference,
 * sections 1 and 2). Folding a slot's entries gives its {@link dev.hatchery.agent.journal.Ledger}:
 * where the slot stands, under which order, how many starts are left, which commands failed. The
 * entries are also the events that reports tell, so that none is lost and none is told that did not
 * happen.
 */
@NullMarked
package dev.hatchery.agent.journal;

import org.jspecify.annotations.NullMarked;

/**
 * A rollout before it is one: the plan of a rollout.yaml carried out again and again, under virtual
 * time and by the real {@link dev.hatchery.rollout.Engine}, over devices that behave as the server
 * has them on record.
 *
 * <p>The door is {@link dev.hatchery.lab.rehearsal.Rehearsal}: it takes a {@link
 * dev.hatchery.lab.rehearsal.Recording} and gives an {@link dev.hatchery.lab.rehearsal.Outlook},
 * with what each {@link dev.hatchery.lab.rehearsal.Hypothesis} about the release would come to. A
 * run depends on the recording, the seed and its number alone. Behind the door {@code Performance}
 * is one run, {@code Device} and {@code Service} what a device does and measures, {@code Links} how
 * its bytes come; {@code Assumed} holds what no record says.
 */
@NullMarked
package dev.hatchery.lab.rehearsal;

import org.jspecify.annotations.NullMarked;

/**
 * The decisions of a rollout, pure: {@link dev.hatchery.rollout.Engine#decide} takes what is known
 * and the time, and answers with the next state and the commands that make it so. It reads no
 * clock, no disk and no network; the server and the lab carry the commands out.
 *
 * <p>What holds always: an abort is latched; missing data holds and never passes; a device succeeds
 * only by proving that it runs the target; cohorts only grow; evidence counts once and its order
 * does not matter.
 *
 * <p>The door is {@link dev.hatchery.rollout.Engine} and the records it takes and gives. Behind it,
 * {@code Draw} says who is in which stage; {@code Intake} counts evidence into members; {@code
 * Judge} gives verdicts, from the rules on devices ({@code FleetRules}) and the limits' e-processes
 * ({@code Limit}, {@code ReadingLimit}, {@code EProcess}), and from what other systems answered
 * ({@code Inquiries}); {@code Past} says when devices can be compared with their own; {@code
 * Retreat} is the way back, {@code Interlock} what keeps models and what lies below them apart. The
 * formulas are those of the gates reference; commons-statistics is used in {@code Bounds} alone.
 */
@NullMarked
package dev.hatchery.rollout;

import org.jspecify.annotations.NullMarked;

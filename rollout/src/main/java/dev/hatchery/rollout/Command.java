package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;

/** What the server has to make so, in the transaction that stores the decision. */
public sealed interface Command {
  /** The device is to run the target, under this command. */
  record Assign(DeviceId device, String commandId) implements Command {}

  /**
   * The device is to run the target beside what it serves, and to serve none of its answers, under
   * this command.
   */
  record Shadow(DeviceId device, String commandId) implements Command {}

  /** The device is to run the release before, under this command. */
  record RollBack(DeviceId device, String commandId) implements Command {}

  /** The channel's head becomes what it was before, and every device of the channel follows it. */
  record TakeHeadBack() implements Command {}

  /** The channel's head becomes the target; what head it had becomes its previous one. */
  record MoveHead() implements Command {}
}

package dev.hatchery.core;

/**
 * Which of two rollouts goes first where both want the same devices, or the same places for
 * downloads; the later here the earlier. It opens nothing that is shut: no hold, freeze, approval,
 * window, gate or limit.
 */
public enum Priority {
  LOW,
  NORMAL,
  HIGH
}

package dev.hatchery.agent.host;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the host's files said at one moment. Counters count since the machine's boot.
 *
 * @param busy ticks in which a processor worked; {@code ticks} counts all of them
 * @param memory share in use
 * @param celsius of the system on chip
 * @param oomKills processes that the kernel killed for want of memory
 * @param throttled the bits of {@code get_throttled}
 */
public record HostLook(
    OptionalLong busy,
    OptionalLong ticks,
    OptionalDouble memory,
    OptionalDouble celsius,
    OptionalLong oomKills,
    OptionalInt throttled,
    Npu npu) {
  /**
   * The accelerator.
   *
   * @param utilisation share of the time in which it worked
   */
  public record Npu(OptionalDouble utilisation, OptionalDouble celsius, OptionalLong errors) {
    public static final Npu UNKNOWN =
        new Npu(OptionalDouble.empty(), OptionalDouble.empty(), OptionalLong.empty());
  }

  public static final HostLook NOTHING =
      new HostLook(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalLong.empty(),
          OptionalInt.empty(),
          Npu.UNKNOWN);
}

package dev.hatchery.agent.host;

import dev.hatchery.core.Metric;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one window read of the host, from the looks that fell into it: counters by how far they rose
 * since the window before ended, heat and memory by their worst, utilisation by its mean.
 *
 * <p>Not thread-safe: one slot, one thread.
 */
public final class HostWatch {
  // get_throttled: frequency capped, throttled, soft temperature limit; 16 bits higher, the same
  // since boot, which tells of what came and went between two looks.
  private static final int THROTTLED = 0b1110;
  private static final int UNDER_VOLTAGE = 0b1;
  private static final int SINCE_BOOT = 16;

  private final Map<Metric, Double> worst = new TreeMap<>();
  private @Nullable HostLook before; // the last look of the window before
  private @Nullable HostLook last;
  private double utilisation;
  private int utilisations;

  /** One more look in the present window. */
  public void saw(HostLook look) {
    atMost(Metric.TEMPERATURE, look.celsius());
    atMost(Metric.MEMORY, look.memory());
    atMost(Metric.NPU_TEMPERATURE, look.npu().celsius());
    if (look.throttled().isPresent()) {
      int bits = look.throttled().getAsInt();
      int known = last == null ? bits : last.throttled().orElse(bits);
      int since = (bits & ~known) >>> SINCE_BOOT;
      happened(Metric.THROTTLED, ((bits | since) & THROTTLED) != 0);
      happened(Metric.UNDER_VOLTAGE, ((bits | since) & UNDER_VOLTAGE) != 0);
    }
    if (look.npu().utilisation().isPresent()) {
      utilisation += look.npu().utilisation().getAsDouble();
      utilisations++;
    }
    if (before == null) before = look;
    last = look;
  }

  /** Ends the window: what it read. */
  public Map<Metric, Double> end() {
    Map<Metric, Double> readings = new TreeMap<>(worst);
    if (before != null && last != null) {
      OptionalLong ticks = rise(before.ticks(), last.ticks());
      OptionalLong busy = rise(before.busy(), last.busy());
      if (ticks.isPresent() && busy.isPresent() && ticks.getAsLong() > 0) {
        double share = busy.getAsLong() / (double) ticks.getAsLong();
        readings.put(Metric.CPU, Math.min(1, share));
      }
      put(readings, Metric.OOM, rise(before.oomKills(), last.oomKills()));
      put(readings, Metric.NPU_ERRORS, rise(before.npu().errors(), last.npu().errors()));
    }
    if (utilisations > 0) readings.put(Metric.NPU_UTILISATION, utilisation / utilisations);
    before = last;
    worst.clear();
    utilisation = 0;
    utilisations = 0;
    return readings;
  }

  private void atMost(Metric metric, OptionalDouble value) {
    value.ifPresent(v -> worst.merge(metric, v, Math::max));
  }

  private void happened(Metric metric, boolean now) {
    worst.merge(metric, now ? 1.0 : 0.0, Math::max);
  }

  // A counter that fell was begun anew: nothing is known of this window.
  private static OptionalLong rise(OptionalLong from, OptionalLong to) {
    return from.isEmpty() || to.isEmpty() || to.getAsLong() < from.getAsLong()
        ? OptionalLong.empty()
        : OptionalLong.of(to.getAsLong() - from.getAsLong());
  }

  private static void put(Map<Metric, Double> readings, Metric metric, OptionalLong value) {
    value.ifPresent(v -> readings.put(metric, (double) v));
  }
}

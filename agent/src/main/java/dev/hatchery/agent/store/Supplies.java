package dev.hatchery.agent.store;

import dev.hatchery.agent.trust.TrustSource;
import dev.hatchery.agent.trust.TrustStore;
import dev.hatchery.agent.uplink.Place;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Name;
import dev.hatchery.core.Pipeline;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What every order needs: where to put bytes and where to get them, whom to believe, and what this
 * device is and where.
 *
 * @param kinds what slots take; of one that is not there, its name tells
 * @param minSpeed what a source must deliver within {@code speedPeriod}
 * @param nanos the monotonic clock
 */
public record Supplies(
    Store store,
    Sources sources,
    TrustStore trust,
    TrustSource documents,
    Supplier<DeviceFacts> facts,
    Place place,
    Map<Name, Pipeline> kinds,
    DataSize minSpeed,
    Duration speedPeriod,
    LongSupplier nanos) {
  public Supplies {
    kinds = Map.copyOf(kinds);
  }

  Pipeline kind(Name slot) {
    return kinds.getOrDefault(slot, Pipeline.usual(slot));
  }

  Download.Speed speed() {
    return new Download.Speed(minSpeed, speedPeriod, nanos);
  }
}

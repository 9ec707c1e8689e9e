package dev.hatchery.agent.store;

import dev.hatchery.agent.trust.TrustSource;
import dev.hatchery.agent.trust.TrustStore;
import dev.hatchery.agent.uplink.Place;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What every order needs: where to put bytes and where to get them, whom to believe, and what this
 * device is and where.
 *
 * @param minSpeed what a source must deliver within {@code speedPeriod}
 * @param nanos the monotonic clock
 */
public record Supplies(
    Store store,
    Sources sources,
    TrustStore trust,
    TrustSource documents,
    DeviceFacts facts,
    Place place,
    DataSize minSpeed,
    Duration speedPeriod,
    LongSupplier nanos) {
  Download.Speed speed() {
    return new Download.Speed(minSpeed, speedPeriod, nanos);
  }
}

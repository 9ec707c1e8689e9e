package dev.hatchery.server.leases;

import static dev.hatchery.server.leases.Town.FILE;
import static dev.hatchery.server.leases.Town.MIB;
import static dev.hatchery.server.leases.Town.OTHER;
import static dev.hatchery.server.leases.Town.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Limits;
import dev.hatchery.wire.LeaseAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How limits are told to people. */
final class LinesTest {
  private final Town town = new Town();

  private List<String> lines(Ask ask) {
    return new Lines(town.book, town.spent)
        .of(
            ask.holder(),
            ask.uplink(),
            ask.zone(),
            new Rules(town.limits, town.reported),
            town.now);
  }

  @Test
  void whereNothingIsLimitedThereIsNothingToSay() {
    assertThat(lines(ask("a", "oslo", FILE, MIB))).isEmpty();
  }

  @Test
  void whoeverWaitsIsToldForWhomAndHowLong() {
    town.limits = Town.limits(4, 0, Town.site(1, 2 * MIB, 500 * MIB, 1 << 30));
    LeaseAnswer.Granted held = town.granted(ask("cam-3", "oslo", OTHER, 200 * MIB));
    town.uses("cam-3", held, 120 * MIB, false);
    Ask waiting = ask("cam-1", "oslo", FILE, 10 * MIB);
    town.waits(waiting);
    town.passes(Duration.ofSeconds(1));
    town.reported = 300 * MIB;

    assertThat(lines(waiting))
        .containsExactly(
            "it waits: site oslo: 1 of 1 downloads in use by cam-3, next try in 1s",
            "site oslo: 1 of 1 downloads in use by cam-3",
            "server: 1 of 4 downloads in use",
            "site oslo: 2.0 MiB/s for all its downloads",
            "site oslo: 120.0 MiB of 500.0 MiB of today's budget used",
            "site oslo: 300.0 MiB of 1.0 GiB of the cap of the billing month 2026-11 used");
    assertThat(lines(ask("cam-3", "oslo", OTHER, MIB)).getFirst())
        .isEqualTo(
            "it may download until 2026-11-22T10:01:00Z: 120.0 MiB used of at most 200.0 MiB,"
                + " at most 2.0 MiB/s");
  }

  @Test
  void ratesOfServerAndDeviceAreToldAsWell() {
    town.limits =
        new Limits(
            Town.limits(0, 8 * MIB, Limits.Site.NONE).server(),
            Map.of(),
            Limits.Site.NONE,
            Optional.of(new DataSize(MIB)));

    assertThat(lines(ask("a", "oslo", FILE, MIB)))
        .containsExactly("server: 8.0 MiB/s for all", "each device: 1.0 MiB/s");
  }
}

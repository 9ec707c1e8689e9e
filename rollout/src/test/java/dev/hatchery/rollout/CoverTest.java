package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Among devices that cover as much, which one is taken. */
final class CoverTest {
  // Two sites, each with both networks: every device covers one of each, so all are as good.
  private static final List<Candidate> FLEET =
      IntStream.range(0, 40)
          .mapToObj(
              i ->
                  Town.device(
                      "cam-" + i,
                      "site=s" + i % 2 + ",network=" + (i / 2 % 2 == 0 ? "lte" : "satellite")))
          .toList();

  private static DeviceId first(long seed, Optional<Sampling.WorstFirst> worst) {
    var sampling =
        new Sampling(OptionalLong.empty(), Optional.of(List.of("site", "network")), worst);
    var stages =
        List.of(
            Specs.stage("canary", new RolloutSpec.Count(2)),
            Specs.stage("all", new RolloutSpec.Percent(100)));
    RolloutSpec spec = Specs.sampled(sampling, stages, Specs.TIMING, Specs.ERRORS_LIMIT);
    return Engine.plan("r1", spec, Specs.NEW, Optional.empty(), FLEET, seed, 0, Specs.T0)
        .fleet()
        .getFirst();
  }

  @Test
  void theOneWhoseTurnTheSeedSays() {
    for (int seed = 0; seed < 30; seed++) {
      DeviceId turn = new Seeded(seed).sorted(FLEET).getFirst().id();
      assertThat(first(seed, Optional.empty())).isEqualTo(turn);
    }
  }

  @Test
  void theWorstFirstAndAmongThoseTheOneWhoseTurnItIs() {
    var order = new Sampling.WorstFirst("network", List.of("satellite"));
    for (int seed = 0; seed < 30; seed++) {
      DeviceId turn =
          new Seeded(seed)
              .sorted(FLEET).stream()
                  .filter(d -> d.labels().toString().contains("satellite"))
                  .findFirst()
                  .orElseThrow()
                  .id();
      assertThat(first(seed, Optional.of(order))).isEqualTo(turn);
    }
  }
}

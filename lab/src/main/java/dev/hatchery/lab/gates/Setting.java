package dev.hatchery.lab.gates;

import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.rollout.Candidate;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The rollout that is watched: always the same one, with the reference's defaults. */
final class Setting {
  static final int FLEET = 1000;
  static final Name SLOT = new Name("vision");
  static final Digest NEW = new Digest("b".repeat(64));
  static final Digest OLD = new Digest("a".repeat(64));
  static final Instant MIDNIGHT = Instant.parse("2026-03-01T00:00:00Z");
  static final Duration MINUTE = Duration.ofMinutes(1);

  /** Devices on the target at the end of each stage, and how long each is watched. */
  static final List<Integer> SIZES = List.of(5, 100, 300, FLEET);

  static final List<Integer> SOAK_MINUTES = List.of(60, 30, 30, 30);

  /** The errors that the playbook allows, and the ratio that stands for twice the p95. */
  static final double ERROR_LIMIT = 0.05;

  private static final Gate ERRORS =
      new Gate.Errors(Optional.of(ERROR_LIMIT), Optional.empty(), Gate.DEFAULT_ALPHA);
  private static final Gate LATENCY =
      new Gate.Latency(0.95, Optional.empty(), Optional.of(1.5), Gate.DEFAULT_ALPHA);

  static final RolloutSpec SPEC =
      RolloutSpec.of(
          new Name("lab"),
          SLOT,
          new Name("stable"),
          ReleaseId.parse("inspection@1.1.0"),
          List.of(
              stage("canary", new RolloutSpec.Count(SIZES.getFirst()), 0),
              stage("tenth", new RolloutSpec.Percent(10), 1),
              stage("third", new RolloutSpec.Percent(30), 2),
              stage("all", new RolloutSpec.Percent(100), 3)),
          List.of(ERRORS, LATENCY));

  private static final Rollout.Previous PREVIOUS =
      new Rollout.Previous(ReleaseId.parse("inspection@1.0.0"), OLD);

  /** The fleet's names; device n of them is {@code d} and n. */
  static final List<DeviceId> NAMES =
      IntStream.range(0, FLEET).mapToObj(n -> new DeviceId("d" + n)).toList();

  /** Nothing tells them apart beforehand, so canaries are drawn from all alike. */
  private static final List<Candidate> CANDIDATES =
      NAMES.stream().map(id -> new Candidate(id, Labels.NONE, DeviceFacts.UNKNOWN)).toList();

  private Setting() {}

  static Rollout plan(long seed, Instant now) {
    return Engine.plan("lab", SPEC, NEW, Optional.of(PREVIOUS), CANDIDATES, seed, 0, now);
  }

  static int number(DeviceId device) {
    return Integer.parseInt(device.value().substring(1));
  }

  /** A stage's size in percent of the fleet, as rows name it: {@code 0.5}, {@code 10}. */
  static String percent(int stage) {
    double percent = 100.0 * SIZES.get(stage) / FLEET;
    return percent == Math.rint(percent) ? String.valueOf((long) percent) : String.valueOf(percent);
  }

  private static Stage stage(String name, RolloutSpec.Extent extent, int index) {
    return new Stage(new Name(name), extent, Duration.ofMinutes(SOAK_MINUTES.get(index)));
  }
}

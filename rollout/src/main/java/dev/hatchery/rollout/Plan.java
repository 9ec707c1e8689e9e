package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What has to be right about a rollout before it may begin. */
final class Plan {
  /** The whole state is one value that is stored with every decision. */
  private static final int MAX_FLEET = 100_000;

  private Plan() {}

  static void check(String id, RolloutSpec spec, Set<DeviceId> fleet) {
    if (id.isEmpty() || id.length() > Orders.MAX_ROLLOUT_ID) {
      throw Refusal.of(Code.BAD_INPUT, "a rollout's id has a wrong length")
          .expected("1 to " + Orders.MAX_ROLLOUT_ID + " characters")
          .got(id.length());
    }
    if (fleet.isEmpty()) {
      throw Refusal.of(Code.BAD_SPEC, "this rollout is for no device")
          .at(spec.name().value())
          .expected("a device on channel " + spec.channel() + " that the selector takes")
          .got("selector \"" + spec.selector() + "\"")
          .fix("see `hatchery devices` for the labels there are");
    }
    if (fleet.size() > MAX_FLEET) {
      throw Refusal.of(Code.TOO_LARGE, "this rollout is for too many devices")
          .at(spec.name().value())
          .expected("at most " + MAX_FLEET)
          .got(fleet.size())
          .fix("split it by a selector");
    }
    takesAll(spec, fleet.size());
    sayOnce(spec);
  }

  // When the last stage has passed, the channel's head moves and all the others follow it
  // unwatched.
  private static void takesAll(RolloutSpec spec, int fleet) {
    int most = spec.stages().stream().mapToInt(s -> s.extent().of(fleet)).max().orElseThrow();
    if (most < fleet) {
      throw Refusal.of(Code.BAD_SPEC, "the last stage leaves devices out")
          .at(spec.name() + ", stage " + spec.stages().getLast().name())
          .expected("all " + Words.devices(fleet))
          .got(most)
          .fix("end with a stage of percent: 100");
    }
  }

  private static void sayOnce(RolloutSpec spec) {
    List<String> keys = Limit.of(spec).stream().map(Limit::key).toList();
    Set<String> seen = new HashSet<>();
    for (String key : keys) {
      if (!seen.add(key)) {
        throw Refusal.of(Code.BAD_SPEC, "two gates set the same limit")
            .at(spec.name().value())
            .expected("each metric's limit and ratio once")
            .got(key);
      }
    }
  }
}

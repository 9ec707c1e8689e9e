package dev.hatchery.core;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * How a channel moves from one release to another: rollout.yaml as a value. Stages are cumulative:
 * each names how much of the fleet has the new release when it is done.
 */
public record RolloutSpec(
    Name name,
    Name slot,
    Name channel,
    ReleaseId release,
    Selector selector,
    List<Stage> stages,
    Sampling sampling,
    List<Gate> gates,
    Timing timing,
    Order.Trial trial,
    Delivery delivery,
    FitRule fitRule,
    Optional<Control> control,
    Optional<Experiment> experiment,
    Lane lane,
    Sleeping sleeping,
    Priority priority) {
  private static final int MAX_STAGES = 32;
  private static final int MAX_GATES = 32;

  /**
   * Which of the two pipelines it belongs to, and how far it keeps from the other.
   *
   * @param pipeline what its channel takes
   * @param interlock how long after a change of the other pipeline a device is left alone; absent,
   *     as long as the server says; zero, not at all
   */
  public record Lane(Pipeline pipeline, Optional<Duration> interlock) {
    /** Longer ones would keep rollouts from ever being over. */
    public static final Duration MAX_INTERLOCK = Duration.ofDays(30);

    public Lane {
      interlock.ifPresent(Lane::requireInterlock);
    }

    /** Refuses a time that is no interlock's. */
    public static Duration requireInterlock(Duration time) {
      if (!time.isNegative() && time.compareTo(MAX_INTERLOCK) <= 0) return time;
      throw Refusal.of(Code.BAD_SPEC, "an interlock lasts too long")
          .expected("0s to " + Durations.format(MAX_INTERLOCK))
          .got(Durations.format(time));
    }
  }

  /** How many devices have the release when the stage is full. */
  public sealed interface Extent {}

  /** An extent that the fleet's size alone decides. */
  public sealed interface Size extends Extent {
    int of(int fleet);
  }

  /** A number of devices, at most the fleet. */
  public record Count(int devices) implements Size {
    public Count {
      if (devices < 1)
        throw Refusal.of(Code.BAD_SPEC, "a stage needs a device")
            .expected("1 or more")
            .got(devices);
    }

    @Override
    public int of(int fleet) {
      return Math.min(devices, fleet);
    }
  }

  /** A share of the fleet, rounded up, so that no stage of a small fleet is empty. */
  public record Percent(double percent) implements Size {
    public Percent {
      if (!(percent > 0 && percent <= 100)) {
        throw Refusal.of(Code.BAD_SPEC, "a stage has a wrong percentage")
            .expected("above 0, at most 100")
            .got(percent);
      }
    }

    @Override
    public int of(int fleet) {
      return (int) Math.min(fleet, Math.ceil(fleet * percent / 100 - 1e-9));
    }
  }

  /** Every device that the selector takes, and those of the stages before. */
  public record Taken(Selector selector) implements Extent {
    public Taken {
      if (selector.requirements().isEmpty())
        throw Refusal.of(Code.BAD_SPEC, "a stage's selector takes everything")
            .expected("for example site=lab")
            .got("nothing")
            .fix("say percent: 100 for the whole fleet");
    }
  }

  /**
   * What one stage asks for instead of what {@link Timing} asks of all.
   *
   * @param minRequests per device
   * @param minReporting how many of the stage's devices have to be in order, or which share
   * @param deadline how long it may take before the rollout fails closed
   */
  public record Overrides(
      OptionalLong minRequests, Optional<Size> minReporting, Optional<Duration> deadline) {
    public static final Overrides NONE =
        new Overrides(OptionalLong.empty(), Optional.empty(), Optional.empty());

    public Overrides {
      if (minRequests.isPresent() && minRequests.getAsLong() < 0)
        throw Refusal.of(Code.BAD_SPEC, "a minimum is out of range")
            .expected("minRequests of 0 or more")
            .got(minRequests.getAsLong());
      if (deadline.isPresent() && !deadline.get().isPositive())
        throw Refusal.of(Code.BAD_SPEC, "a time must be positive").got(deadline.get());
    }
  }

  /**
   * One step of a rollout.
   *
   * @param approval whose yes it takes before the stage begins; nobody's when absent
   * @param shadow its devices run the release beside the one they serve, and serve none of its
   *     answers
   */
  public record Stage(
      Name name,
      Extent extent,
      Duration soak,
      Overrides overrides,
      Optional<Approval> approval,
      boolean shadow) {
    /** One whose devices switch. */
    public Stage(
        Name name, Extent extent, Duration soak, Overrides overrides, Optional<Approval> approval) {
      this(name, extent, soak, overrides, approval, false);
    }

    public Stage(Name name, Extent extent, Duration soak) {
      this(name, extent, soak, Overrides.NONE);
    }

    public Stage(Name name, Extent extent, Duration soak, Overrides overrides) {
      this(name, extent, soak, overrides, Optional.empty());
    }
  }

  /**
   * The constants of the gates reference (sections 3, 4 and 6), its values as defaults.
   *
   * @param window length of a measuring window
   * @param heartbeat how often devices report during the rollout
   * @param silence after which a device that was told to switch counts as failed
   * @param minRequests per device, before a stage may pass
   * @param minReportingPercent of a stage's devices, before it may pass
   * @param baselineRequests what a device's own baseline needs at least
   * @param baselineAge the time a device's own baseline must span
   * @param warmUp after a start of the service, not counted
   * @param maxWindow how long a stage may take before the rollout fails closed
   * @param retryAfter cooldown before a device whose trial or installation failed gets a fresh
   *     trial; doubled with each further one
   * @param deviceDeadline how long a device that is heard of may take to switch before it counts as
   *     failed; absent, as long as its stage has
   * @param retries how many fresh trials a device gets before it is left in quarantine
   */
  public record Timing(
      Duration window,
      Duration heartbeat,
      Duration silence,
      long minRequests,
      double minReportingPercent,
      long baselineRequests,
      Duration baselineAge,
      Duration warmUp,
      Duration maxWindow,
      Duration retryAfter,
      Optional<Duration> deviceDeadline,
      int retries) {
    public static final Timing DEFAULT =
        new Timing(
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(3),
            200,
            80,
            2000,
            Duration.ofHours(24),
            Duration.ofMinutes(1),
            Duration.ofHours(24),
            Duration.ofMinutes(10),
            Optional.empty(),
            5);
    public static final Duration DEFAULT_SOAK = Duration.ofHours(1);
    private static final int MAX_RETRIES = 20;

    public Timing {
      for (Duration d : List.of(window, heartbeat, silence, maxWindow)) {
        if (d.isNegative() || d.isZero())
          throw Refusal.of(Code.BAD_SPEC, "a time must be positive").got(d);
      }
      if (deviceDeadline.isPresent() && !deviceDeadline.get().isPositive())
        throw Refusal.of(Code.BAD_SPEC, "a time must be positive").got(deviceDeadline.get());
      if (minReportingPercent <= 0
          || minReportingPercent > 100
          || minRequests < 0
          || baselineRequests < 1) {
        throw Refusal.of(Code.BAD_SPEC, "a minimum is out of range")
            .expected("0 < minReportingPercent <= 100, minRequests >= 0, baselineRequests >= 1");
      }
      if (retries < 0 || retries > MAX_RETRIES)
        throw Refusal.of(Code.BAD_SPEC, "a device is tried too often")
            .expected("retries from 0 to " + MAX_RETRIES)
            .got(retries);
    }
  }

  public RolloutSpec {
    stages = List.copyOf(stages);
    gates = List.copyOf(gates);
    if (stages.isEmpty() || stages.size() > MAX_STAGES || gates.size() > MAX_GATES) {
      throw Refusal.of(Code.BAD_SPEC, "a rollout has a wrong number of stages or gates")
          .expected("1 to " + MAX_STAGES + " stages, at most " + MAX_GATES + " gates");
    }
    Set<Name> names = new HashSet<>();
    for (Stage stage : stages) {
      if (!names.add(stage.name))
        throw Refusal.of(Code.BAD_SPEC, "two stages have one name").got(stage.name);
    }
    if (gates.stream().allMatch(Gate.DryRun.class::isInstance)) {
      throw Refusal.of(Code.BAD_SPEC, "a rollout needs a gate that is no dry run")
          .fix("add one under gates:, for example {metric: errors, limit: 5%}");
    }
    Shadows.require(stages, gates, control, experiment, lane);
    if (control.isPresent()) requireCompared(stages, control.get());
    else if (experiment.isPresent())
      throw Refusal.of(Code.BAD_SPEC, "an experiment needs devices to compare with")
          .at("experiment")
          .expected("a control, for example {count: 20}")
          .got("none");
    if (slot.equals(Pipeline.FIRMWARE_SLOT) && lane.pipeline != Pipeline.FIRMWARE) {
      throw Refusal.of(Code.BAD_SPEC, "this slot takes firmware only")
          .at("slot " + slot)
          .expected("kind: firmware")
          .got("kind: model")
          .fix("name a model's slot, for example vision");
    }
  }

  // The control gets the release with the last stage, so that one has nothing to be compared with.
  private static void requireCompared(List<Stage> stages, Control control) {
    List<String> before =
        stages.subList(0, stages.size() - 1).stream().map(s -> s.name.value()).toList();
    if (before.isEmpty())
      throw Refusal.of(Code.BAD_SPEC, "a control is held back until the last stage")
          .expected("two stages or more")
          .got(stages.size());
    for (Name named : control.stages()) {
      if (before.contains(named.value())) continue;
      throw Refusal.of(
              Code.BAD_SPEC, "no stage that a control could be compared with has this name")
          .at("control")
          .expected("of " + String.join(", ", before))
          .got(named)
          .fix(
              Nearest.to(named.value(), before)
                  .map(near -> "did you mean " + near + "?")
                  .orElse(""));
    }
  }

  /** What has to be said; all else is usual. */
  public static RolloutSpec of(
      Name name, Name slot, Name channel, ReleaseId release, List<Stage> stages, List<Gate> gates) {
    return new RolloutSpec(
        name,
        slot,
        channel,
        release,
        Selector.EVERYTHING,
        stages,
        Sampling.DEFAULT,
        gates,
        Timing.DEFAULT,
        Order.Trial.DEFAULT,
        Delivery.DEFAULT,
        FitRule.DEFAULT,
        Optional.empty(),
        Optional.empty(),
        new Lane(Pipeline.usual(slot), Optional.empty()),
        Sleeping.HOLD,
        Priority.NORMAL);
  }

  /** This one, except for what the change sets. */
  public RolloutSpec with(UnaryOperator<RolloutSpecDraft> change) {
    return change.apply(new RolloutSpecDraft(this)).spec();
  }

  /** Whether the stage's devices run the release as a shadow only. */
  public boolean shadows(int stage) {
    return stages.get(stage).shadow;
  }

  /** How many stages come before the first whose devices switch. */
  public int shadowStages() {
    return (int) stages.stream().filter(Stage::shadow).count();
  }

  /** How many requests each device of the stage has to have answered. */
  public long minRequests(int stage) {
    return stages.get(stage).overrides.minRequests.orElse(timing.minRequests);
  }

  /** How long the stage may take; an experiment's time comes on top. */
  public Duration deadline(int stage) {
    Duration most = stages.get(stage).overrides.deadline.orElse(timing.maxWindow);
    return stage == 0 ? experiment.map(e -> most.plus(e.length())).orElse(most) : most;
  }

  /** How many of so many devices of the stage have to be in order; never none. */
  public int quorum(int stage, int devices) {
    Size least =
        stages.get(stage).overrides.minReporting.orElse(new Percent(timing.minReportingPercent));
    return Math.max(1, least.of(devices));
  }
}

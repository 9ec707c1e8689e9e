package dev.hatchery.core;

import java.util.List;
import java.util.Optional;

/** A rollout's spec while {@link RolloutSpec#with} changes it; never leaves that method. */
public final class RolloutSpecDraft {
  private final Name name;
  private Name slot;
  private Name channel;
  private final ReleaseId release;
  private Selector selector;
  private final List<RolloutSpec.Stage> stages;
  private Sampling sampling;
  private final List<Gate> gates;
  private RolloutSpec.Timing timing;
  private final Order.Trial trial;
  private Delivery delivery;
  private final FitRule fitRule;
  private Optional<Control> control;
  private Optional<Experiment> experiment;
  private final RolloutSpec.Lane lane;
  private Sleeping sleeping;
  private Priority priority;

  RolloutSpecDraft(RolloutSpec s) {
    name = s.name();
    slot = s.slot();
    channel = s.channel();
    release = s.release();
    selector = s.selector();
    stages = s.stages();
    sampling = s.sampling();
    gates = s.gates();
    timing = s.timing();
    trial = s.trial();
    delivery = s.delivery();
    fitRule = s.fitRule();
    control = s.control();
    experiment = s.experiment();
    lane = s.lane();
    sleeping = s.sleeping();
    priority = s.priority();
  }

  public RolloutSpecDraft slot(Name other) {
    slot = other;
    return this;
  }

  public RolloutSpecDraft channel(Name other) {
    channel = other;
    return this;
  }

  public RolloutSpecDraft selector(Selector other) {
    selector = other;
    return this;
  }

  public RolloutSpecDraft sampling(Sampling other) {
    sampling = other;
    return this;
  }

  public RolloutSpecDraft timing(RolloutSpec.Timing other) {
    timing = other;
    return this;
  }

  public RolloutSpecDraft delivery(Delivery other) {
    delivery = other;
    return this;
  }

  public RolloutSpecDraft control(Control other) {
    control = Optional.of(other);
    return this;
  }

  public RolloutSpecDraft experiment(Experiment other) {
    experiment = Optional.of(other);
    return this;
  }

  public RolloutSpecDraft sleeping(Sleeping other) {
    sleeping = other;
    return this;
  }

  public RolloutSpecDraft priority(Priority other) {
    priority = other;
    return this;
  }

  RolloutSpec spec() {
    return new RolloutSpec(
        name,
        slot,
        channel,
        release,
        selector,
        stages,
        sampling,
        gates,
        timing,
        trial,
        delivery,
        fitRule,
        control,
        experiment,
        lane,
        sleeping,
        priority);
  }
}

package dev.hatchery.core;

import dev.hatchery.core.RolloutSpec.Lane;
import dev.hatchery.core.RolloutSpec.Stage;
import java.util.List;
import java.util.Optional;

/**
 * What has to be right about a rollout's shadow stages: they come first, nothing is compared on
 * them, and what is read of shadows alone is asked where there are some.
 */
final class Shadows {
  private Shadows() {}

  static void require(
      List<Stage> stages,
      List<Gate> gates,
      Optional<Control> control,
      Optional<Experiment> experiment,
      Lane lane) {
    gates.forEach(gate -> requireAskable(gate, stages.getFirst().shadow()));
    if (stages.stream().noneMatch(Stage::shadow)) return;
    Name name = first(stages);
    if (lane.pipeline() == Pipeline.FIRMWARE) {
      throw wrong("firmware cannot run as a shadow", name)
          .expected("a model")
          .got("kind: firmware")
          .fix("leave shadow: true out");
    }
    if (experiment.isPresent()) {
      throw wrong("an experiment has no shadow stage", name)
          .expected("either of them")
          .got("both")
          .fix("leave shadow: true out, or the experiment");
    }
    requireFirst(stages);
    control.ifPresent(c -> requireNotCompared(stages, c));
  }

  private static Name first(List<Stage> stages) {
    return stages.stream().filter(Stage::shadow).findFirst().orElseThrow().name();
  }

  private static void requireFirst(List<Stage> stages) {
    if (stages.getLast().shadow()) {
      throw wrong("a rollout ends with a stage whose devices switch", stages.getLast().name())
          .expected("a stage without shadow: true after it")
          .got("none")
          .fix("add for example {name: all, percent: 100, soak: 1h}");
    }
    for (int i = 1; i < stages.size(); i++) {
      if (!stages.get(i).shadow() || stages.get(i - 1).shadow()) continue;
      throw wrong("a shadow stage comes before every stage that switches", stages.get(i).name())
          .expected("before stage " + stages.get(i - 1).name())
          .got("after it")
          .fix("move it to the front, or leave shadow: true out");
    }
  }

  // The control is compared by what devices serve; a shadow serves nothing.
  private static void requireNotCompared(List<Stage> stages, Control control) {
    for (Stage stage : stages) {
      if (!stage.shadow() || !control.stages().contains(stage.name())) continue;
      throw wrong("a shadow stage is not compared with a control", stage.name())
          .expected("under control: stages: only those that switch")
          .got(stage.name())
          .fix("leave it out there");
    }
  }

  private static void requireAskable(Gate gate, boolean shadows) {
    if (gate instanceof Gate.DryRun dry) requireAskable(dry.gate(), shadows);
    if (!(gate instanceof Gate.Level level) || !level.what().ofShadow()) return;
    if (!shadows) {
      throw Refusal.of(Code.BAD_SPEC, "only a shadow reads this metric")
          .at("gates, " + level.what())
          .expected("a first stage with shadow: true")
          .got("none")
          .fix("leave the gate out, or add for example {name: shadow, count: 5, shadow: true}");
    }
    if (level.bounds().ratio().isPresent() || level.bounds().shift().isPresent()) {
      throw Refusal.of(Code.BAD_SPEC, "a device has no past of this metric to be compared with")
          .at("gates, " + level.what())
          .expected("above or below, for example below: 95%")
          .got("ratio or shift");
    }
  }

  private static Refusal wrong(String title, Name stage) {
    return Refusal.of(Code.BAD_SPEC, title).at("stage " + stage);
  }
}

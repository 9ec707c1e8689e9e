package dev.hatchery.pipeline.optimise;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.pipeline.data.Drawn;
import dev.hatchery.pipeline.data.Samples;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Node;
import dev.hatchery.runner.ort.Computation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Optimises a model, step by step, and has each step checked by ONNX Runtime: it loads, and its
 * answers are compared with those of the model that came.
 */
public final class Optimiser {
  /** DequantizeLinear along an axis. */
  private static final int OPSET = 13;

  private static final int DRAWN = 32;
  private static final long SEED = 1;

  private final byte[] original;
  private final Optional<Samples> data;

  /**
   * @param data what the model is used on: for calibration, and to compare answers on
   */
  public Optimiser(byte[] original, Optional<Samples> data) {
    this.original = original.clone();
    this.data = data;
  }

  /**
   * What one step did.
   *
   * @param bytes of the model after it
   * @param changed how many layers
   * @param left what was left alone, and why
   * @param pace how long the model takes, on this machine, against the one that came
   */
  public record Step(
      String name, long bytes, int changed, List<String> left, Agreement agreement, Pace pace) {
    public Step {
      left = List.copyOf(left);
    }
  }

  /** A model and how it came about. */
  public static final class Result {
    private final byte[] model;
    private final List<Step> steps;

    private Result(byte[] model, List<Step> steps) {
      this.model = model;
      this.steps = List.copyOf(steps);
    }

    /** The ONNX file. */
    public byte[] model() {
      return model.clone();
    }

    public List<Step> steps() {
      return steps;
    }
  }

  /**
   * Does it.
   *
   * @throws Refusal with {@link Code#BAD_INPUT} where the model or the data do not allow it, {@link
   *     Code#MALFORMED_MODEL}, or {@link Code#LOADER} where ONNX Runtime does not take a model
   */
  public Result optimise(Recipe recipe) {
    Model model = Model.read(original);
    Samples samples = data.orElseGet(() -> new Drawn(model.inputs(), DRAWN, SEED));
    List<Step> steps = new ArrayList<>();
    try (Computation before = Computation.load(original)) {
      if (!(recipe.prune() instanceof Prune.Nothing)) {
        steps.add(pruned(model, recipe).step("prune", model, before, samples));
      }
      if (recipe.goal() != Goal.FLOAT) {
        String name = recipe.goal().name().toLowerCase(Locale.ROOT).replace('_', '-');
        steps.add(rewritten(model, recipe).step(name, model, before, samples));
      }
    }
    return new Result(model.bytes(), steps);
  }

  /** What becomes of the answers when one layer alone is rewritten. */
  public record Sensitivity(String layer, Agreement agreement) {}

  /**
   * Rewrites each layer alone, the one that costs most first: what a policy should keep.
   *
   * @throws Refusal as {@link #optimise} does
   */
  public List<Sensitivity> sensitivities(Recipe recipe) {
    Model model = Model.read(original);
    Samples samples = data.orElseGet(() -> new Drawn(model.inputs(), DRAWN, SEED));
    List<Layer> layers =
        fit(
            recipe.policy().choose(Layer.in(model).layers()).chosen(),
            recipe.goal(),
            new ArrayList<>());
    requireOpset(model, recipe.goal());
    List<Sensitivity> sensitivities = new ArrayList<>();
    try (Computation before = Computation.load(original)) {
      for (int i = 0; i < layers.size(); i++) {
        Model alone = Model.read(original);
        rewrite(alone, List.of(same(layers.get(i), alone)), recipe);
        try (Computation after = Computation.load(alone.bytes())) {
          Agreement agreement = Agreement.of(before, after, samples);
          sensitivities.add(new Sensitivity(layers.get(i).name(), agreement));
        }
      }
    }
    sensitivities.sort(Comparator.comparingDouble(s -> s.agreement().cosine()));
    return List.copyOf(sensitivities);
  }

  // The layer of another copy of the model.
  private static Layer same(Layer layer, Model copy) {
    return Layer.in(copy).layers().stream()
        .filter(other -> other.node().outputs().equals(layer.node().outputs()))
        .findFirst()
        .orElseThrow();
  }

  /** What a rewrite had to do with. */
  private record Done(int changed, List<String> left) {
    Step step(String name, Model model, Computation before, Samples samples) {
      byte[] bytes = model.bytes();
      try (Computation after = Computation.load(bytes)) {
        return new Step(
            name,
            bytes.length,
            changed,
            left,
            Agreement.of(before, after, samples),
            Pace.of(before, after, samples.sample(0)));
      }
    }
  }

  private static Done pruned(Model model, Recipe recipe) {
    Layer.Found found = Layer.in(model);
    Policy.Choice choice = recipe.policy().choose(found.layers());
    List<String> left = new ArrayList<>(found.passedOver());
    left.addAll(choice.left());
    int changed = choice.chosen().size();
    switch (recipe.prune()) {
      case Prune.Nothing _ -> {}
      case Prune.Smallest(double share) -> Pruning.smallest(model, choice.chosen(), share);
      case Prune.TwoOfFour _ -> Pruning.twoOfFour(model, choice.chosen());
      case Prune.OutputChannels(double share) -> {
        var channels = new ChannelPruning(model, share);
        changed = channels.apply(choice.chosen());
        left.addAll(channels.left());
      }
    }
    return new Done(changed, left);
  }

  private Done rewritten(Model model, Recipe recipe) {
    Layer.Found found = Layer.in(model);
    Policy.Choice choice = recipe.policy().choose(found.layers());
    List<String> left = new ArrayList<>(found.passedOver());
    left.addAll(choice.left());
    List<Layer> layers = fit(choice.chosen(), recipe.goal(), left);
    if (layers.isEmpty()) {
      throw Refusal.of(Code.BAD_INPUT, "no layer of the model can be made " + recipe.goal())
          .got(left.isEmpty() ? "no layers" : String.join("; ", left));
    }
    requireOpset(model, recipe.goal());
    rewrite(model, layers, recipe);
    return new Done(layers.size(), left);
  }

  private void rewrite(Model model, List<Layer> layers, Recipe recipe) {
    switch (recipe.goal()) {
      case FLOAT -> {}
      case INT8_WEIGHT -> new EightBitWeights(model).apply(layers);
      case INT8_DYNAMIC -> new DynamicProducts(model).apply(layers);
      case INT8_STATIC -> calibrated(model, layers, recipe);
      case INT4 -> new FourBitProducts(model, recipe.block()).apply(layers);
      case FP16 -> new Halves(model).apply(layers);
    }
  }

  private void calibrated(Model model, List<Layer> layers, Recipe recipe) {
    Samples samples =
        data.orElseThrow(
            () ->
                Refusal.of(Code.BAD_INPUT, "static quantisation needs to know the activations")
                    .expected("data that the model is used on, a hundred samples or more")
                    .got("none"));
    var rewrite = new StaticLayers(model, layers);
    rewrite.apply(Ranges.measure(model, rewrite.values(), samples, recipe.ranges()));
  }

  private static List<Layer> fit(List<Layer> chosen, Goal goal, List<String> left) {
    List<Layer> fit = new ArrayList<>();
    for (Layer layer : chosen) {
      String why = whyNot(layer, goal);
      if (why.isEmpty()) fit.add(layer);
      else left.add(layer.name() + ": " + why);
    }
    return fit;
  }

  private static String whyNot(Layer layer, Goal goal) {
    return switch (goal) {
      case FLOAT, INT8_WEIGHT, FP16 -> "";
      case INT8_DYNAMIC, INT4 -> layer.isMatrix() ? "" : "a convolution stays in floats";
      case INT8_STATIC ->
          layer.kind() == Layer.Kind.TRANSPOSED_CONVOLUTION
              ? "a transposed convolution stays in floats"
              : "";
    };
  }

  // Other operators change their meaning with the version, so that it cannot just be raised.
  private static void requireOpset(Model model, Goal goal) {
    long opset = model.opset(Node.STANDARD);
    boolean quantises = goal != Goal.FP16 && goal != Goal.FLOAT && goal != Goal.INT4;
    if (!quantises || opset >= OPSET) return;
    throw Refusal.of(Code.BAD_INPUT, "the model is of too old an operator set")
        .expected("opset " + OPSET + " or newer")
        .got(opset)
        .fix("export it again with opset " + OPSET + " or newer");
  }
}

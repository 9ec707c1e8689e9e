package dev.hatchery.pipeline.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Refusal;
import dev.hatchery.pipeline.data.Drawn;
import dev.hatchery.pipeline.data.Samples;
import dev.hatchery.pipeline.graph.Built;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Node;
import dev.hatchery.pipeline.graph.Weight;
import dev.hatchery.pipeline.optimise.Optimiser.Result;
import dev.hatchery.pipeline.optimise.Optimiser.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OptimiserTest {
  private static final byte[] IMAGES = Built.convolutions(13);
  private static final byte[] PRODUCTS = Built.products(256, 128, 64);

  private static Recipe recipe(Goal goal) {
    return new Recipe(goal, new Prune.Nothing(), Policy.ALL, Calibration.MIN_MAX, 32);
  }

  private static Recipe pruned(Prune prune) {
    return new Recipe(Goal.FLOAT, prune, Policy.ALL, Calibration.MIN_MAX, 32);
  }

  private static Samples drawn(byte[] model, int count) {
    return new Drawn(Model.read(model).inputs(), count, 7);
  }

  private static Result optimised(byte[] model, Recipe recipe) {
    return new Optimiser(model, Optional.of(drawn(model, 100))).optimise(recipe);
  }

  private static List<String> operators(byte[] model) {
    return Model.read(model).nodes().stream().map(Node::operator).toList();
  }

  @Test
  void weightsOfEightBitsAreAQuarterOfTheSizeAndAnswerTheSame() {
    Result result = optimised(IMAGES, recipe(Goal.INT8_WEIGHT));

    Step step = result.steps().getFirst();
    assertThat(step.changed()).isEqualTo(3);
    assertThat(step.agreement().cosine()).isGreaterThan(0.9999);
    assertThat(step.agreement().sameChoice()).isGreaterThan(0.95);
    assertThat(result.model().length).isLessThan(IMAGES.length / 2);
  }

  @Test
  void productsOfWholeNumbersNeedNoCalibration() {
    Result result = new Optimiser(PRODUCTS, Optional.empty()).optimise(recipe(Goal.INT8_DYNAMIC));

    assertThat(operators(result.model()))
        .containsSubsequence("DynamicQuantizeLinear", "MatMulInteger", "Cast", "Mul", "Relu");
    assertThat(result.steps().getFirst().agreement().cosine()).isGreaterThan(0.999);
  }

  @Test
  void aBiasIsAddedToDynamicProductsAndConvolutionsAreLeft() {
    Result result = optimised(IMAGES, recipe(Goal.INT8_DYNAMIC));

    Step step = result.steps().getFirst();
    assertThat(step.changed()).isEqualTo(1);
    assertThat(step.left()).anyMatch(why -> why.startsWith("conv1: a convolution"));
    assertThat(operators(result.model())).containsSubsequence("MatMulInteger", "Mul", "Add");
    assertThat(step.agreement().cosine()).isGreaterThan(0.999);
  }

  @Test
  void staticLayersAreSurroundedAndProbabilitiesAreNot() {
    Result result = optimised(IMAGES, recipe(Goal.INT8_STATIC));

    Step step = result.steps().getFirst();
    assertThat(step.agreement().cosine()).isGreaterThan(0.999);
    List<String> operators = operators(result.model());
    assertThat(operators.getLast()).isEqualTo("Softmax");
    assertThat(operators.get(operators.size() - 2)).isEqualTo("Gemm");
    assertThat(operators)
        .containsSubsequence(
            "QuantizeLinear", "DequantizeLinear", "Conv", "Relu", "QuantizeLinear");
  }

  @Test
  void staticQuantisationWithoutDataIsRefused() {
    var optimiser = new Optimiser(IMAGES, Optional.empty());

    assertThatThrownBy(() -> optimiser.optimise(recipe(Goal.INT8_STATIC)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("activations");
  }

  @Test
  void fourBitsAreAnEighthOfTheSize() {
    Result result = optimised(PRODUCTS, recipe(Goal.INT4));

    assertThat(operators(result.model())).containsExactly("MatMulNBits", "Relu", "MatMulNBits");
    assertThat(result.model().length).isLessThan(PRODUCTS.length / 6);
    assertThat(result.steps().getFirst().agreement().cosine()).isBetween(0.98, 0.9999);
  }

  @Test
  void halvesAreHalfTheSize() {
    Result result = optimised(PRODUCTS, recipe(Goal.FP16));

    assertThat(result.model().length).isBetween(PRODUCTS.length / 2, PRODUCTS.length / 2 + 1000);
    assertThat(result.steps().getFirst().agreement().cosine()).isGreaterThan(0.999999);
  }

  @Test
  void theSameModelDataAndRecipeGiveTheSameBytes() {
    for (Goal goal : Goal.values()) {
      if (goal == Goal.FLOAT) continue;
      byte[] model = goal == Goal.INT4 ? PRODUCTS : IMAGES;

      assertThat(optimised(model, recipe(goal)).model())
          .isEqualTo(optimised(model, recipe(goal)).model());
    }
  }

  @Test
  void layersArePrunedByTheirOwnSmallestWeights() {
    Result result = optimised(PRODUCTS, pruned(new Prune.Smallest(0.4)));

    for (Weight weight : Model.read(result.model()).weights()) {
      float[] values = weight.floats().orElseThrow();
      long zeros = 0;
      for (float value : values) if (value == 0) zeros++;
      assertThat(zeros).isEqualTo((long) (values.length * 0.4));
    }
  }

  @Test
  void twoOfEachFourWeightsOfASumAreKept() {
    Result result = optimised(PRODUCTS, pruned(new Prune.TwoOfFour()));

    float[] before = Model.read(PRODUCTS).weight("w1").orElseThrow().floats().orElseThrow();
    float[] after = Model.read(result.model()).weight("w1").orElseThrow().floats().orElseThrow();
    int n = 128;
    for (int c = 0; c < n; c++) {
      for (int k = 0; k < 256; k += 4) {
        float[] kept = new float[4];
        float[] all = new float[4];
        int zeros = 0;
        for (int i = 0; i < 4; i++) {
          all[i] = Math.abs(before[(k + i) * n + c]);
          kept[i] = Math.abs(after[(k + i) * n + c]);
          if (kept[i] == 0) zeros++;
        }
        Arrays.sort(all);
        Arrays.sort(kept);
        assertThat(zeros).isEqualTo(2);
        assertThat(kept[2]).isEqualTo(all[2]);
        assertThat(kept[3]).isEqualTo(all[3]);
      }
    }
  }

  @Test
  void channelsThatAreNothingAreRemovedWithoutATrace() {
    byte[] dead = withDeadChannels();
    Result result = optimised(dead, pruned(new Prune.OutputChannels(0.5)));

    Model model = Model.read(result.model());
    assertThat(model.weight("conv1.weight").orElseThrow().shape()).containsExactly(4L, 1L, 3L, 3L);
    assertThat(model.weight("conv2.weight").orElseThrow().shape()).containsExactly(8L, 4L, 3L, 3L);
    assertThat(model.weight("logits.weight").orElseThrow().shape()).containsExactly(4L, 128L);
    Step step = result.steps().getFirst();
    assertThat(step.changed()).isEqualTo(2);
    assertThat(step.left()).anyMatch(why -> why.startsWith("logits: "));
    assertThat(step.agreement().largest()).isLessThan(1e-5);
  }

  // Every second channel of both convolutions gives nothing.
  private static byte[] withDeadChannels() {
    Model model = Model.read(IMAGES);
    for (String layer : List.of("conv1", "conv2")) {
      for (String part : List.of(".weight", ".bias")) {
        Weight weight = model.weight(layer + part).orElseThrow();
        float[] values = weight.floats().orElseThrow();
        int each = values.length / weight.dimension(0);
        for (int i = 0; i < values.length; i++) if (i / each % 2 == 1) values[i] = 0;
        model.put(Weight.of(weight.name(), weight.shape(), values));
      }
    }
    return model.bytes();
  }

  @Test
  void whatThePolicyKeepsStaysAsItWas() {
    var policy = new Policy(true, true, List.of(), 0);
    var recipe = new Recipe(Goal.INT8_WEIGHT, new Prune.Nothing(), policy, Calibration.MIN_MAX, 32);

    Step step = optimised(IMAGES, recipe).steps().getFirst();

    assertThat(step.changed()).isEqualTo(1);
    assertThat(step.left())
        .containsExactly("conv1: kept, as the first layer", "logits: kept, as the last layer");
  }

  @Test
  void aNameThatIsNoLayersIsRefusedWithTheNearestOne() {
    var policy = new Policy(false, false, List.of("conv3"), 0);
    var recipe = new Recipe(Goal.INT8_WEIGHT, new Prune.Nothing(), policy, Calibration.MIN_MAX, 32);

    assertThatThrownBy(() -> optimised(IMAGES, recipe))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("did you mean conv");
  }

  @Test
  void anOldOperatorSetIsRefused() {
    assertThatThrownBy(() -> optimised(Built.convolutions(11), recipe(Goal.INT8_WEIGHT)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("opset 13");
  }
}

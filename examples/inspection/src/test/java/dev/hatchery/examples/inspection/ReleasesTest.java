package dev.hatchery.examples.inspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.examples.inspection.network.Network;
import dev.hatchery.examples.inspection.network.Shape;
import dev.hatchery.examples.inspection.onnx.OnnxWriter;
import dev.hatchery.runner.ort.OnnxModel;
import dev.hatchery.runner.ort.Tensor;
import dev.hatchery.wire.Golden;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The releases with less than half of their training; {@link FullReleasesTest} has all of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReleasesTest {
  private final Releases releases = new Releases(4_800, 800);
  private final TrainedRelease baseline = releases.baseline();
  private final TrainedRelease fineTuned = releases.fineTuned(baseline);
  private final TrainedRelease widened = releases.widened(fineTuned);

  @Test
  void sayWhichTheyAre() {
    assertThat(List.of(baseline, fineTuned, widened))
        .map(release -> release.id().toString())
        .containsExactly("inspection@1.0.0", "inspection@1.1.0", "inspection@1.2.0");
  }

  @Test
  void learnWithinAFewThousandTiles() {
    var heldOut = new HeldOut(1_000);

    assertThat(heldOut.accuracy(untrained())).isLessThan(0.5);
    assertThat(heldOut.accuracy(baseline.onnx())).isGreaterThan(0.9);
    assertThat(heldOut.accuracy(fineTuned.onnx())).isGreaterThan(0.9);
    assertThat(heldOut.accuracy(widened.onnx()))
        .isGreaterThanOrEqualTo(heldOut.accuracy(fineTuned.onnx()) - 0.005);
  }

  @Test
  void theWidenedNetworkHasSeveralTimesAsMuchToDo() {
    assertThat(fineTuned.network().shape()).isEqualTo(baseline.network().shape());
    assertThat(widened.network().shape().multiplications())
        .isGreaterThan(8 * fineTuned.network().shape().multiplications());
  }

  @Test
  void describeThemselvesToTheRunner() {
    try (var model = OnnxModel.load(baseline.onnx().toArray())) {
      assertThat(model.entryShape()).containsExactly(1, 32, 32);
      assertThat(model.labels()).containsExactly("ok", "scratch", "dent", "stain");
    }
  }

  @Test
  void goldenSamplesAreRequestsThatTheModelAnswersAsExpected() {
    byte[] json = Wire.GOLDEN.bytes(GoldenTiles.of(baseline.onnx()));
    Golden golden = Wire.GOLDEN.parse(json, DataSize.mib(1), "golden.json");

    assertThat(golden.minAgreement()).isEqualTo(1);
    assertThat(golden.samples())
        .map(Golden.Sample::label)
        .containsExactly("ok", "ok", "scratch", "scratch", "dent", "dent", "stain", "stain");
    try (var model = OnnxModel.load(baseline.onnx().toArray())) {
      for (Golden.Sample sample : golden.samples()) {
        assertThat(model.run(tensor(sample)).label(0)).isEqualTo(sample.label());
      }
    }
  }

  @Test
  void aModelThatIsSureOfNothingHasNoGoldenSamples() {
    assertThatThrownBy(() -> GoldenTiles.of(untrained()))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Code.GOLDEN));
  }

  private static Bytes untrained() {
    return Bytes.of(OnnxWriter.write(Network.untrained(new Shape(4, 4), 1), labels()));
  }

  private static SortedMap<String, String> labels() {
    return new TreeMap<>(Map.of("hatchery.labels", "ok,scratch,dent,stain"));
  }

  private static Tensor tensor(Golden.Sample sample) {
    return Fields.read(
        sample.request(),
        fields -> {
          List<Double> data = fields.list("data", Fields::real);
          float[] values = new float[data.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = data.get(i).floatValue();
          }
          return new Tensor(fields.list("shape", Fields::smallInteger), values);
        });
  }
}

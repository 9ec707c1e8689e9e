package dev.hatchery.runner.ort;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Any model in memory, for whoever examines models; devices serve an {@link OnnxModel}. One thread
 * computes, so that the same model and input give the same bits.
 */
public final class Computation implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;

  private Computation(OrtEnvironment environment, OrtSession session) {
    this.environment = environment;
    this.session = session;
  }

  /**
   * Loads a model from the bytes of an ONNX file.
   *
   * @throws Refusal with {@link Code#LOADER} when ONNX Runtime cannot load them
   */
  public static Computation load(byte[] onnx) {
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "hatchery");
    try (var options = OnnxModel.oneThread()) {
      return new Computation(environment, environment.createSession(onnx, options));
    } catch (OrtException e) {
      throw OnnxModel.cannotLoad(environment, e);
    }
  }

  /** The version of the runtime that computes. */
  public String runtime() {
    return environment.getVersion();
  }

  /**
   * Computes.
   *
   * @return the outputs that are tensors of 32-bit floats or 64-bit whole numbers, by name, in the
   *     model's order
   * @throws Refusal with {@link Code#BAD_INPUT} where the model does not take these inputs
   */
  public Map<String, Values> run(Map<String, Values> inputs) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (var input : inputs.entrySet()) tensors.put(input.getKey(), tensor(input.getValue()));
      try (var result = session.run(tensors)) {
        Map<String, Values> outputs = new LinkedHashMap<>();
        for (var output : result) {
          values(output.getValue()).ifPresent(v -> outputs.put(output.getKey(), v));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw Refusal.of(Code.BAD_INPUT, "the model cannot compute this").got(e).cause(e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(Values values) throws OrtException {
    Optional<float[]> floats = values.floats();
    return floats.isPresent()
        ? OnnxTensor.createTensor(environment, FloatBuffer.wrap(floats.get()), values.dimensions())
        : OnnxTensor.createTensor(
            environment, LongBuffer.wrap(values.longs().orElseThrow()), values.dimensions());
  }

  private static Optional<Values> values(OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) return Optional.empty();
    var shape = java.util.Arrays.stream(tensor.getInfo().getShape()).boxed().toList();
    return switch (tensor.getInfo().type) {
      case FLOAT -> {
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] floats = new float[buffer.remaining()];
        buffer.get(floats);
        yield Optional.of(Values.of(shape, floats));
      }
      case INT64 -> {
        LongBuffer buffer = tensor.getLongBuffer();
        long[] longs = new long[buffer.remaining()];
        buffer.get(longs);
        yield Optional.of(Values.of(shape, longs));
      }
      default -> Optional.empty();
    };
  }

  @Override
  public void close() {
    OnnxModel.closeQuietly(session);
  }
}

package dev.hatchery.runner.ort;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory, ready to compute. Not thread-safe: whoever holds it sends one batch at a time,
 * and closes it when nobody computes any more.
 */
public final class OnnxModel implements AutoCloseable {
  /** Entries of one batch, so that the answer stays small whatever one entry is. */
  public static final int BATCH_MAX = 1024;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String input;
  private final List<Integer> entryShape;
  private final ModelCard card;

  // Direct, so that ONNX Runtime reads it in place; grows to the largest batch seen and stays.
  private FloatBuffer staging = FloatBuffer.allocate(0);

  private OnnxModel(OrtEnvironment environment, OrtSession session) throws OrtException {
    this.environment = environment;
    this.session = session;
    TensorInfo in = onlyFloatTensor(session.getInputInfo(), "input");
    TensorInfo out = onlyFloatTensor(session.getOutputInfo(), "output");
    this.input = session.getInputNames().iterator().next();
    this.entryShape = entryShape(in.getShape());
    this.card = ModelCard.of(session.getMetadata().getCustomMetadata(), classes(out.getShape()));
  }

  /**
   * Loads a model from the bytes of an ONNX file.
   *
   * @throws Refusal with {@link Code#LOADER} when ONNX Runtime cannot load them, or when they are
   *     not a classifier of the kind this class serves
   */
  public static OnnxModel load(byte[] onnx) {
    // ONNX Runtime keeps one environment per process and gives the same one to every caller.
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "hatchery");
    @Nullable OrtSession session = null;
    try (var options = oneThread()) {
      session = environment.createSession(onnx, options);
      return new OnnxModel(environment, session);
    } catch (OrtException e) {
      closeQuietly(session);
      throw cannotLoad(environment, e);
    } catch (Refusal refusal) {
      closeQuietly(session);
      throw refusal;
    }
  }

  static Refusal cannotLoad(OrtEnvironment environment, OrtException e) {
    return Refusal.of(Code.LOADER, "ONNX Runtime cannot load the model")
        .expected("an ONNX file for ONNX Runtime " + environment.getVersion())
        .got(e)
        .cause(e);
  }

  static OrtSession.SessionOptions oneThread() throws OrtException {
    var options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    return options;
  }

  private static TensorInfo onlyFloatTensor(Map<String, NodeInfo> nodes, String what) {
    if (nodes.size() == 1
        && nodes.values().iterator().next().getInfo() instanceof TensorInfo tensor
        && tensor.type == OnnxJavaType.FLOAT) {
      return tensor;
    }
    throw notServed("exactly one " + what + ", a tensor of 32-bit floats", nodes.values());
  }

  /** The dimensions after the batch, all of which the model must fix. */
  private static List<Integer> entryShape(long[] shape) {
    List<Integer> entry = new ArrayList<>();
    for (int i = 1; i < shape.length; i++) {
      if (shape[i] < 1 || shape[i] > Tensor.VALUES_MAX) {
        throw notServed("an input whose dimensions after the first are fixed", List.of(shape[i]));
      }
      entry.add((int) shape[i]);
    }
    if (shape.length < 2 || shape[0] > 0) {
      throw notServed("an input whose first dimension is a free batch size", entry);
    }
    return List.copyOf(entry);
  }

  private static int classes(long[] shape) {
    if (shape.length != 2 || shape[1] < 1 || shape[1] > Integer.MAX_VALUE) {
      throw notServed("an output of shape [batch, classes]", List.of(shape.length));
    }
    return (int) shape[1];
  }

  private static Refusal notServed(String expected, Object got) {
    return Refusal.of(Code.LOADER, "the model is not of a kind this service runs")
        .expected(expected)
        .got(got);
  }

  /** The shape of one batch entry, without the batch dimension. */
  public List<Integer> entryShape() {
    return entryShape;
  }

  /** The names of the classes, in the order of the outputs. */
  public List<String> labels() {
    return card.labels();
  }

  /**
   * Says no to a tensor that this model does not take.
   *
   * @throws Refusal with {@link Code#BAD_INPUT}
   */
  public void requireFit(Tensor tensor) {
    List<Integer> shape = tensor.shape();
    boolean fits = shape.subList(1, shape.size()).equals(entryShape);
    if (!fits || shape.getFirst() > BATCH_MAX) {
      throw Refusal.of(Code.BAD_INPUT, "the model takes another shape")
          .expected("[N, " + entryShape.toString().substring(1) + ", N at most " + BATCH_MAX)
          .got(shape);
    }
  }

  /**
   * Normalises, computes and checks: every score is a finite number.
   *
   * @throws Refusal with {@link Code#BAD_INPUT} for a wrong shape, {@link Code#INTERNAL} when the
   *     model cannot compute
   */
  public Scores run(Tensor tensor) {
    requireFit(tensor);
    long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
    try (var in = OnnxTensor.createTensor(environment, normalised(tensor.values()), shape);
        var result = session.run(Map.of(input, in))) {
      return scores(((OnnxTensor) result.get(0)).getFloatBuffer(), tensor.shape().getFirst());
    } catch (OrtException e) {
      throw failed().got(e).cause(e);
    }
  }

  private FloatBuffer normalised(float[] values) {
    if (staging.capacity() < values.length) {
      staging =
          ByteBuffer.allocateDirect(values.length * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
    }
    FloatBuffer buffer = staging.clear().limit(values.length);
    for (int i = 0; i < values.length; i++) {
      buffer.put(i, (values[i] - card.mean()) * card.scale());
    }
    return buffer;
  }

  private Scores scores(FloatBuffer output, int rows) {
    float[] values = new float[output.remaining()];
    output.get(values);
    if (values.length != rows * card.labels().size()) {
      throw failed().expected(rows + " rows").got(values.length + " values");
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw failed().expected("finite scores").got(value);
      }
    }
    return new Scores(card.labels(), values);
  }

  private static Refusal failed() {
    return Refusal.of(Code.INTERNAL, "the model failed to compute");
  }

  @Override
  public void close() {
    closeQuietly(session);
  }

  // Closing frees native memory; should it fail, there is nothing a caller could do about it.
  static void closeQuietly(@Nullable OrtSession session) {
    if (session == null) {
      return;
    }
    try {
      session.close();
    } catch (OrtException e) {
      System.getLogger(OnnxModel.class.getName())
          .log(System.Logger.Level.WARNING, "a model's memory was not freed", e);
    }
  }
}

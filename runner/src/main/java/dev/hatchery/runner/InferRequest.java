package dev.hatchery.runner;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.Tensor;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;

/** The body of {@code POST /infer}: {@code {"shape":[1,1,32,32],"data":[0.5,…]}}. */
final class InferRequest {
  /** A frame of 512 x 384 pixels with three decimals each takes a little over 1 MiB. */
  static final DataSize BODY_MAX = DataSize.mib(4);

  private InferRequest() {}

  /**
   * Reads a body.
   *
   * @throws Refusal for anything but such an object, whatever the bytes are
   */
  static Tensor parse(byte[] body) {
    return Fields.read(
        Json.parse(body, BODY_MAX, "request body"),
        fields ->
            new Tensor(
                fields.get("shape", node -> Fields.list(node, Fields::smallInteger)),
                fields.get("data", InferRequest::floats)));
  }

  // Not through a list of boxed numbers: a frame has 200,000 of them.
  private static float[] floats(Node node) {
    if (!(node instanceof Node.Arr array)) {
      throw Refusal.of(Code.BAD_INPUT, "a value is of the wrong kind")
          .expected("a list of numbers")
          .got(node.kind());
    }
    float[] floats = new float[array.items().size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) Fields.real(array.items().get(i));
    }
    return floats;
  }
}

package dev.hatchery.formats;

import static dev.hatchery.formats.OnnxOut.F32;
import static dev.hatchery.formats.OnnxOut.I64;
import static dev.hatchery.formats.OnnxOut.I8;
import static dev.hatchery.formats.OnnxOut.U8;
import static dev.hatchery.formats.OnnxOut.attribute;
import static dev.hatchery.formats.OnnxOut.external;
import static dev.hatchery.formats.OnnxOut.graph;
import static dev.hatchery.formats.OnnxOut.graphAttribute;
import static dev.hatchery.formats.OnnxOut.initializer;
import static dev.hatchery.formats.OnnxOut.model;
import static dev.hatchery.formats.OnnxOut.node;
import static dev.hatchery.formats.OnnxOut.raw;
import static dev.hatchery.formats.OnnxOut.tensor;

import java.util.Map;
import java.util.TreeMap;

/** Small sound files, each with everything that its format's reader knows. */
final class Samples {
  private Samples() {}

  static Map<String, byte[]> all() {
    return new TreeMap<>(
        Map.of(
            "onnx", onnx(),
            "safetensors", safetensors(),
            "gguf1", gguf(1),
            "gguf3", gguf(3),
            "tflite", tflite(),
            "hef1", HefOut.file(1, HefOut.message(3, "3.30.0"), 5),
            "hef3", HefOut.file(3, HefOut.message(103, "5.1.0"), 5)));
  }

  private static byte[] onnx() {
    ProtoOut shape = tensor("", I64, 1).bytes(9, Out.counting(1, 8));
    ProtoOut branch =
        graph(node("DynamicQuantizeMatMul", "x,q,s", "z"), raw("s", F32, Out.floats(1), 1));
    return model(
        graph(
            node("Constant", "", "shape", attribute("value", shape)),
            node("DequantizeLinear", "w,ws,wz", "y", attribute("axis", 0)),
            node("If", "c", "i", graphAttribute("then_branch", branch)),
            node(
                "MatMulNBits",
                "y,b,bs",
                "o",
                attribute("K", 16),
                attribute("N", 1),
                attribute("block_size", 16)),
            node("MatMulInteger", "y,m_quantized", "n"),
            raw("w", I8, Out.counting(1, 4), 2, 2),
            raw("ws", F32, Out.floats(.5f, .25f), 2),
            raw("wz", I8, new byte[2], 2),
            raw("q", I8, Out.counting(9, 2), 1, 2),
            raw("b", U8, Out.counting(1, 8), 1, 1, 8),
            initializer(tensor("bs", F32, 1).bytes(4, Out.floats(3))),
            raw("m_quantized", U8, Out.counting(20, 2), 2),
            raw("m_scale", F32, Out.floats(2)),
            initializer(tensor("m_zero_point", U8).packed(5, 130)),
            external("e", F32, "m.data", "64", 3)));
  }

  private static byte[] safetensors() {
    String header =
        """
        {"__metadata__":{"format":"pt"},"a_q":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]},
        "a_s":{"dtype":"F32","shape":[2],"data_offsets":[6,14]},
        "\\u00e9":{"shape":[],"data_offsets":[14,16],"dtype":"BF16"}}\
        """;
    byte[] json = new Out().text(header).toBytes();
    return new Out().u64(json.length).bytes(json).bytes(Out.counting(1, 16)).toBytes();
  }

  private static byte[] gguf(int version) {
    var out =
        new GgufOut(version)
            .text("general.architecture", "llama")
            .number("general.alignment", 16)
            .strings("tokens", "a", "bc");
    Out nested = out.pair("n", 9).u32(9);
    out.count(nested, 1).u32(2);
    out.count(nested, 2).u16(3).u16(4);
    return out.tensor("w", GgufOut.Q4_0, 0, 32, 2)
        .tensor("norm", GgufOut.F32, 48, 2)
        .file(16, Out.counting(1, 56));
  }

  private static byte[] tflite() {
    var out = new TfliteOut();
    int shared = out.buffer(Out.counting(1, 6));
    out.tensor("w", TfliteOut.I8, shared, 2, 3)
        .node(4, TfliteOut.scales(0, new float[] {.5f, .25f}, 0, 1));
    out.tensor("tied", TfliteOut.U8, shared, 6);
    out.tensor("f", TfliteOut.F32, out.buffer(Out.floats(1, 2)), 2);
    out.tensor("x", TfliteOut.F32, 0, 1, 4);
    return out.toBytes();
  }
}

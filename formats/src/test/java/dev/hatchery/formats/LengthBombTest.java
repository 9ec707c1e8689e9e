package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that announce much and hold little. */
final class LengthBombTest {
  private static final long LARGEST = 256 << 10;

  static Set<String> bombs() {
    return all().keySet();
  }

  private static Map<String, byte[]> all() {
    Map<String, byte[]> bombs = new TreeMap<>();
    for (long n : new long[] {0xffffffffL, 1L << 40, Long.MAX_VALUE, -1}) {
      bombs.put("GGUF tensors " + n, gguf(n, 0));
      bombs.put("GGUF pairs " + n, gguf(0, n));
      bombs.put("GGUF key " + n, gguf(0, 1, n));
      bombs.put("GGUF text " + n, pair(8, n));
      bombs.put("GGUF numbers " + n, pair(9, 4, n));
      bombs.put("GGUF strings " + n, pair(9, 8, n));
      bombs.put("GGUF arrays " + n, pair(9, 9, n));
      bombs.put("safetensors header " + n, new Out().u64(n).text("{\"a\":{}}").toBytes());
      bombs.put("ONNX field " + n, onnx(n));
      bombs.put("TFLite vector " + n, tflite(n));
    }
    return bombs;
  }

  private static byte[] gguf(long tensors, long pairs, long... more) {
    var out = new Out().text("GGUF").u32(3).u64(tensors).u64(pairs);
    for (long number : more) out.u64(number);
    return out.bytes(new byte[64]).toBytes();
  }

  private static byte[] pair(int type, long... numbers) {
    var out = new Out().text("GGUF").u32(3).u64(0).u64(1).u64(1).text("k").u32(type);
    if (numbers.length == 2) out.u32(numbers[0]);
    return out.u64(numbers[numbers.length - 1]).bytes(new byte[64]).toBytes();
  }

  private static byte[] onnx(long length) {
    return new ProtoOut().number(1, 8).varint(0x3a).varint(length).varint(0).toBytes();
  }

  // A model whose list of subgraphs claims n elements.
  private static byte[] tflite(long n) {
    return new Out()
        .u32(20)
        .text("TFL3")
        .u16(10)
        .u16(12)
        .u16(4)
        .u16(0)
        .u16(8)
        .u16(0)
        .u32(12)
        .u32(3)
        .u32(4)
        .u32(n)
        .bytes(new byte[64])
        .toBytes();
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void aLengthAllocatesNothing(String name) {
    byte[] bomb = all().getOrDefault(name, new byte[0]);
    MemorySegment file = MemorySegment.ofArray(bomb);
    assertThat(bomb).isNotEmpty();
    ModelFile.skim(file);

    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    ModelFile read = ModelFile.skim(file);
    long after = threads.getCurrentThreadAllocatedBytes();

    assertThat(read.tensors()).isEmpty();
    assertThat(after - before).isLessThan(LARGEST);
  }
}

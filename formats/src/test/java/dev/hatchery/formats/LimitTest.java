package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a small file may not make a reader keep or do. */
final class LimitTest {
  private static byte[] tensors(int n) {
    var graph = new ProtoOut();
    byte[] tensor = new ProtoOut().number(2, OnnxOut.U8).bytes(9, new byte[1]).toBytes();
    for (int i = 0; i < n; i++) graph.bytes(5, tensor);
    return OnnxOut.model(graph);
  }

  @Test
  void aFileMayHave200000TensorsAndNoMore() {
    assertThat(Read.file(tensors(200_000)).tensors()).hasSize(200_000);
    assertThat(Read.refused(tensors(200_001))).hasMessageContaining("at most 200000");
  }

  @Test
  void manyTensorsUnderALongPathAreRefused() {
    var inner = new ProtoOut();
    byte[] tensor = new ProtoOut().number(2, OnnxOut.U8).bytes(9, new byte[1]).toBytes();
    for (int i = 0; i < 10_000; i++) inner.bytes(5, tensor);
    String path = "p".repeat(Limits.NAME - 10);
    byte[] file =
        OnnxOut.model(
            OnnxOut.graph(OnnxOut.node("If", "x", path, OnnxOut.graphAttribute("b", inner))));

    assertThat(Read.refused(file)).hasMessageContaining("names and shapes");
  }

  @Test
  void manyLongNamesAreRefused() {
    var out = new TfliteOut();
    int[] buffers = new int[12_000];
    Arrays.setAll(buffers, _ -> out.buffer(new byte[1]));
    String name = "n".repeat(3000);
    for (int buffer : buffers) out.tensor(name, TfliteOut.U8, buffer, 1);

    assertThat(Read.refused(out.toBytes())).hasMessageContaining("names and shapes");
  }

  @Test
  void tablesThatAreNamedOverAndOverAreCounted() {
    // A vector of five million offsets that all lead to one empty subgraph.
    int n = 5_000_000;
    var head = new Out().u32(20).text("TFL3").u16(10).u16(12).u16(4).u16(0).u16(8).u16(0);
    head.u32(12).u32(3).u32(4).u32(n);
    int first = head.size();
    int table = first + 4 * n + 4;
    byte[] file = Arrays.copyOf(head.toBytes(), table + 4);
    byte[] vtable = new Out().u16(4).u16(4).u32(4).toBytes();
    System.arraycopy(vtable, 0, file, table - 4, vtable.length);
    for (int i = 0; i < n; i++) {
      int slot = first + 4 * i;
      byte[] offset = new Out().u32(table - slot).toBytes();
      System.arraycopy(offset, 0, file, slot, 4);
    }

    assertThat(Read.refused(file)).hasMessageContaining("number of entries");
  }
}

package dev.hatchery.examples.inspection.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The examples of the protobuf encoding guide, and ONNX's raw floats. */
final class MessageTest {
  @Test
  void numbersAreVarints() {
    assertThat(hex(new Message().number(1, 150))).isEqualTo("089601");
    assertThat(hex(new Message().number(20, 0))).isEqualTo("a00100");
    assertThat(hex(new Message().number(1, Long.MAX_VALUE))).isEqualTo("08ffffffffffffffff7f");
  }

  @Test
  void textsAndMessagesHaveTheirLength() {
    assertThat(hex(new Message().text(2, "testing"))).isEqualTo("120774657374696e67");
    assertThat(hex(new Message().message(3, new Message().number(1, 150)))).isEqualTo("1a03089601");
  }

  @Test
  void floatsAreLittleEndian() {
    assertThat(hex(new Message().floats(9, new float[] {1, -2}))).isEqualTo("4a080000803f000000c0");
  }

  private static String hex(Message message) {
    return HexFormat.of().formatHex(message.toByteArray());
  }
}

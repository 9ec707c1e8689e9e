package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How many bytes a tensor takes. */
final class ElementTypeTest {
  @Test
  void aTensorTakesItsValuesBytes() {
    assertThat(ElementType.F32.length(List.of(2L, 3L))).hasValue(24);
    assertThat(ElementType.F32.length(List.of())).hasValue(4);
    assertThat(ElementType.I4.length(List.of(3L, 3L))).hasValue(5);
    assertThat(ElementType.U2.length(List.of(5L))).hasValue(2);
    assertThat(ElementType.Q4_K.length(List.of(3L, 512L))).hasValue(864);
    assertThat(ElementType.I8.length(List.of(0L, 5L))).hasValue(0);
  }

  @Test
  void rowsOfBlocksAreWhole() {
    assertThat(ElementType.Q8_0.length(List.of(32L, 33L))).isEmpty();
    assertThat(ElementType.Q8_0.length(List.of())).isEmpty();
  }

  @Test
  void sizesBeyond63BitsDoNotExist() {
    assertThat(ElementType.U8.length(List.of(Long.MAX_VALUE, 2L))).isEmpty();
    assertThat(ElementType.F64.length(List.of(Long.MAX_VALUE / 4))).isEmpty();
    assertThat(ElementType.I4.length(List.of(Long.MAX_VALUE))).isEmpty();
    assertThat(ElementType.U8.length(List.of(Long.MAX_VALUE, 2L, 0L))).isEmpty();
    assertThat(ElementType.U8.length(List.of(-1L))).isEqualTo(OptionalLong.empty());
    assertThat(ElementType.U8.length(List.of(Long.MAX_VALUE - 1))).hasValue(Long.MAX_VALUE - 1);
  }
}

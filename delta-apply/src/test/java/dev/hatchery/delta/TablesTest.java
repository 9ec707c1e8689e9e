package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** The tables are part of the format: their checksums stand in docs/delta-format.md. */
final class TablesTest {
  private static int sum(IntUnaryOperator table, int size) {
    Out out = new Out();
    for (int i = 0; i < size; i++) out.u32(table.applyAsInt(i));
    return FrameOut.sum(out.toBytes());
  }

  @Test
  void theTablesAreThoseOfTheFormat() {
    assertThat(sum(i -> Tables.STRETCH[i], 4096)).isEqualTo(0xc1eda51a);
    assertThat(sum(i -> Tables.SQUASH[i], 4096)).isEqualTo(0x1e75c622);
    assertThat(sum(i -> Tables.RATE[i], 256)).isEqualTo(0x55f2f1bf);
  }

  @Test
  void theCurvesAreEachOthersInverse() {
    for (int i = 0; i < 4096; i++) {
      int x = Tables.STRETCH[i];
      // Near certainty the steps of the one are wider than those of the other.
      assertThat(Tables.SQUASH[x + 2048] >> 4).isBetween(i - 8, i + 8);
      assertThat(x).isEqualTo(-Tables.STRETCH[4095 - i]);
    }
  }
}

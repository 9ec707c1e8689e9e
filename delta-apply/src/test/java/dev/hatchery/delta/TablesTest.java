package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The tables are part of the format: their checksums stand in docs/delta-format.md. */
final class TablesTest {
  private static int sum(int... table) {
    Out out = new Out();
    for (int value : table) out.u32(value);
    return FrameOut.sum(out.toBytes());
  }

  @Test
  void theTablesAreThoseOfTheFormat() {
    assertThat(sum(Tables.STRETCH)).isEqualTo(0xc1eda51a);
    assertThat(sum(Tables.SQUASH)).isEqualTo(0x1e75c622);
    assertThat(sum(Tables.RATE)).isEqualTo(0x55f2f1bf);
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

package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which bytes of a result are written. */
final class CoverageTest {
  private static BadPatch.Reason refused(Coverage coverage, long at, long length) {
    try {
      coverage.add(at, length);
    } catch (BadPatch bad) {
      return bad.reason();
    }
    throw new AssertionError(at + " + " + length + " was added");
  }

  @Test
  void piecesThatTouchAreOne() throws BadPatch {
    Coverage coverage = new Coverage(100);
    coverage.add(10, 10);
    coverage.add(30, 10);
    assertThat(coverage.pieces()).containsExactly(10L, 20L, 30L, 40L);
    coverage.add(20, 10);
    assertThat(coverage.pieces()).containsExactly(10L, 40L);
    coverage.add(0, 10);
    coverage.add(40, 60);
    coverage.requireWhole();
    assertThat(coverage.pieces()).containsExactly(0L, 100L);
  }

  @Test
  void itAgreesWithAMapOfBytes() throws BadPatch {
    var random = new Random(1);
    for (int round = 0; round < 200; round++) {
      Coverage coverage = new Coverage(64);
      boolean[] bytes = new boolean[64];
      for (int i = 0; i < 60; i++) {
        int at = random.nextInt(64);
        int length = random.nextInt(Math.min(12, 64 - at)) + 1;
        boolean free = true;
        boolean has = true;
        for (int k = at; k < at + length; k++) {
          free &= !bytes[k];
          has &= bytes[k];
        }
        assertThat(coverage.free(at, length)).isEqualTo(free);
        assertThat(coverage.has(at, length)).isEqualTo(has);
        if (free) {
          coverage.add(at, length);
          for (int k = at; k < at + length; k++) bytes[k] = true;
        } else {
          assertThat(refused(coverage, at, length)).isEqualTo(BadPatch.Reason.TILING);
        }
      }
    }
  }

  @Test
  void whatLiesOutsideIsRefused() {
    Coverage coverage = new Coverage(100);
    assertThat(refused(coverage, 90, 11)).isEqualTo(BadPatch.Reason.RANGE);
    assertThat(refused(coverage, -1, 5)).isEqualTo(BadPatch.Reason.RANGE);
    assertThat(refused(coverage, 5, -1)).isEqualTo(BadPatch.Reason.RANGE);
    assertThatThrownBy(coverage::requireWhole).isInstanceOf(BadPatch.class);
    assertThat(coverage.has(0, 1)).isFalse();
    assertThat(coverage.has(0, 0)).isTrue();
  }

  @Test
  void scatteredPiecesHaveALimit() throws BadPatch {
    Coverage coverage = new Coverage(1 << 20);
    for (int i = 0; i < 1 << 14; i++) coverage.add(2L * i, 1);

    assertThat(refused(coverage, 1 << 19, 1)).isEqualTo(BadPatch.Reason.LIMIT);
  }
}

package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WordsTest {
  @Test
  void aFigureHasThreeDigitsThatMatter() {
    assertThat(Words.figure(12.345)).isEqualTo("12.3");
    assertThat(Words.figure(-0.51234)).isEqualTo("-0.512");
    assertThat(Words.figure(0)).isEqualTo("0");
    assertThat(Words.figure(150)).isEqualTo("150");
    assertThat(Words.percent(0.05)).isEqualTo("5%");
  }

  @Test
  void aFigureTooSmallOrTooLargeToReadIsSaidToBe() {
    assertThat(Words.figure(0.001)).isEqualTo("0.001");
    assertThat(Words.figure(0.000999)).isEqualTo("below 0.001");
    assertThat(Words.figure(-0.0005)).isEqualTo("below 0.001");
    assertThat(Words.figure(999_999)).isEqualTo("1000000");
    assertThat(Words.figure(1e6)).isEqualTo("above 1000000");
  }

  @Test
  void whatIsNoNumberIsCalledSo() {
    assertThat(Words.figure(Double.NaN)).isEqualTo("NaN");
    assertThat(Words.figure(Double.POSITIVE_INFINITY)).isEqualTo("Infinity");
  }

  @Test
  void fiveAreNamedAndTheOthersCounted() {
    assertThat(Words.list(List.of("a", "b", "c", "d", "e"))).isEqualTo("a, b, c, d, e");
    assertThat(Words.list(List.of("a", "b", "c", "d", "e", "f", "g")))
        .isEqualTo("a, b, c, d, e and 2 more");
    assertThat(Words.devices(1)).isEqualTo("1 device");
    assertThat(Words.devices(0)).isEqualTo("0 devices");
  }

  @Test
  void aTimeIsInWholeSecondsWhereItHasThem() {
    assertThat(Words.time(Duration.ofMillis(90_400))).isEqualTo("90s");
    assertThat(Words.time(Duration.ofMillis(400))).isEqualTo("400ms");
  }
}

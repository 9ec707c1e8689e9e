package dev.hatchery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BinsTest {
  @Test
  void binsOfFewerThanTwentyAreNeverTold() {
    Bins bins = Bins.of(Map.of("a", 100L, "b", 20L, "c", 19L));
    assertThat(bins.counts()).containsOnly(Map.entry("a", 100L), Map.entry("b", 20L));
    assertThat(bins.total()).isEqualTo(139);
    assertThat(bins.rest()).isEqualTo(19);
    assertThatThrownBy(() -> new Bins(100, Map.of("a", 19L))).isInstanceOf(Refusal.class);
  }

  @Test
  void binsHoldNoMoreThanAllTogether() {
    assertThat(new Bins(40, Map.of("a", 20L, "b", 20L)).rest()).isZero();
    assertThatThrownBy(() -> new Bins(39, Map.of("a", 20L, "b", 20L))).isInstanceOf(Refusal.class);
    assertThatThrownBy(
            () -> new Bins(Long.MAX_VALUE, Map.of("a", Long.MAX_VALUE, "b", Long.MAX_VALUE)))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void theMostFrequentAreKeptWhenThereAreTooMany() {
    Map<String, Long> many = new HashMap<>();
    for (int i = 0; i < 100; i++) many.put("c" + i, 100L + i);
    Bins bins = Bins.of(many);
    assertThat(bins.counts()).hasSize(Bins.MAX).containsKeys("c99", "c36").doesNotContainKey("c35");
    assertThat(bins.plus(Bins.of(Map.of("new", 1000L))).counts())
        .hasSize(Bins.MAX)
        .containsKey("new")
        .doesNotContainKey("c36");
    assertThatThrownBy(() -> new Bins(1_000_000, many)).isInstanceOf(Refusal.class);
  }

  @Test
  void addingUpLosesNoAnswer() {
    Bins sum = Bins.of(Map.of("a", 100L, "b", 5L)).plus(Bins.of(Map.of("a", 50L, "c", 20L)));
    assertThat(sum).isEqualTo(new Bins(175, Map.of("a", 150L, "c", 20L)));
    assertThat(sum.rest()).isEqualTo(5);
  }

  @Test
  void aBinsNameIsPlain() {
    for (String wrong : new String[] {"", "a\nb", "x".repeat(41)}) {
      assertThatThrownBy(() -> new Bins(100, Map.of(wrong, 50L))).isInstanceOf(Refusal.class);
    }
  }
}

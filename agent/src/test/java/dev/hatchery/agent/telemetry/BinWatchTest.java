package dev.hatchery.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Name;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BinWatchTest {
  private static final Name CLASS = new Name("class");
  private final BinWatch watch = new BinWatch();

  private static Map<Name, Map<String, Long>> of(long a, long b) {
    return Map.of(CLASS, Map.of("a", a, "b", b));
  }

  @Test
  void aThousandAnswersOverSeveralWindowsAreTold() {
    assertThat(watch.add(of(100, 0), of(600, 100))).isEmpty();
    assertThat(watch.add(of(600, 100), of(799, 300))).isEmpty();
    assertThat(watch.add(of(799, 300), of(800, 300)))
        .containsOnly(Map.entry(CLASS, new Bins(1000, Map.of("a", 700L, "b", 300L))));
  }

  @Test
  void itBeginsAnewWhenTheyWereTold() {
    assertThat(watch.add(of(0, 0), of(1000, 0))).hasSize(1);
    assertThat(watch.add(of(1000, 0), of(1999, 0))).isEmpty();
    assertThat(watch.add(of(1999, 0), of(2000, 0))).hasSize(1);
  }

  @Test
  void anotherRunOfTheServiceIsAnotherCount() {
    watch.add(of(0, 0), of(999, 0));
    watch.reset();
    assertThat(watch.add(of(999, 0), of(1000, 0))).isEmpty();
  }

  @Test
  void rareBinsAreNotToldApart() {
    assertThat(watch.add(of(0, 0), of(981, 19)).get(CLASS))
        .isEqualTo(new Bins(1000, Map.of("a", 981L)));
    assertThat(watch.add(of(0, 0), of(980, 20)).get(CLASS))
        .isEqualTo(new Bins(1000, Map.of("a", 980L, "b", 20L)));
  }

  @Test
  void countersWithABinAreReadFromThePage() {
    String page =
        """
        hatchery_bins_class_total{bin="a"} 7
        hatchery_bins_class_total{bin="b",x="1"} 1
        hatchery_bins_class_total{bin="b",x="2"} 2
        hatchery_bins_class_total 9
        hatchery_bins_BAD{bin="a"} 1
        hatchery_bins_class_total{bin="c"} -1
        """;
    Scrape scrape = Exposition.read(page.getBytes(StandardCharsets.UTF_8), MetricNames.DEFAULT);
    assertThat(scrape.bins()).containsOnly(Map.entry(CLASS, Map.of("a", 7L, "b", 3L)));
  }

  @Test
  void aBinMayBeCalledAnything() {
    Map<Name, Map<String, Long>> odd = Map.of(CLASS, Map.of("x\ny" + "z".repeat(60), 1000L));
    assertThat(watch.add(Map.of(), odd).get(CLASS))
        .isEqualTo(new Bins(1000, Map.of("x?y" + "z".repeat(37), 1000L)));
  }
}

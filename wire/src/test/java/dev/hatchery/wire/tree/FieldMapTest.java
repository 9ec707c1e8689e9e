package dev.hatchery.wire.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Few fields lie in a row, many have a table; nobody who asks can tell. */
final class FieldMapTest {
  private static Map<String, Node> sample(int size) {
    Map<String, Node> sample = new LinkedHashMap<>();
    for (int n = size; n > 0; n--) sample.put("field-" + n, Tree.integer(n));
    return sample;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 9, 16, 17, 100})
  void itIsTheMapItWasMadeOf(int size) {
    Map<String, Node> sample = sample(size);
    FieldMap map = FieldMap.copyOf(sample);

    assertThat(map).isEqualTo(sample);
    assertThat(new ArrayList<>(map.keySet())).isEqualTo(new ArrayList<>(sample.keySet()));
    List<String> walked = new ArrayList<>();
    map.forEach((name, _) -> walked.add(name));
    assertThat(walked).isEqualTo(new ArrayList<>(sample.keySet()));
    assertThat(map.containsKey("another")).isFalse();
    assertThat(map.get("another")).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 16, 17, 40})
  void aFieldIsFoundWhereverOneLooksFirst(int size) {
    FieldMap map = FieldMap.copyOf(sample(size));

    for (int likely = 0; likely <= size; likely++) {
      for (int at = 0; at < size; at++) {
        assertThat(map.indexOf(map.nameAt(at), likely)).isEqualTo(at);
      }
      assertThat(map.indexOf("another", likely)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 40})
  void aFieldThatIsSetAgainKeepsItsPlace(int size) {
    FieldMap map = new FieldMap();
    sample(size).forEach(map::set);
    map.set("field-2", Tree.text("other"));

    assertThat(map).hasSize(size);
    assertThat(map.indexOf("field-2", 0)).isEqualTo(size - 2);
    assertThat(map.get("field-2")).isEqualTo(Tree.text("other"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40})
  void nobodyAddsToOneThatIsFinished(int size) {
    FieldMap map = FieldMap.copyOf(sample(size));

    assertThatThrownBy(() -> map.set("more", Tree.integer(1)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> map.put("more", Tree.integer(1)))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}

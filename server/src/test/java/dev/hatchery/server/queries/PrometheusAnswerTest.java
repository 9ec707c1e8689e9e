package dev.hatchery.server.queries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.rollout.QueryAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PrometheusAnswerTest {
  private static final String VECTOR =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":"
          + "[{\"metric\":{\"job\":\"shop\"},\"value\":[1767225600.5,\"12.25\"]}]}}";

  private static QueryAnswer read(String json) {
    return PrometheusAnswer.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String result(String type, String result) {
    return "{\"status\":\"success\",\"warnings\":[\"x\"],\"data\":{\"resultType\":\""
        + type
        + "\",\"result\":"
        + result
        + "}}";
  }

  @Test
  void aVectorOfOneElementAndAScalarAreValues() {
    var expected = new QueryAnswer.Value(12.25, Instant.parse("2026-01-01T00:00:00.500Z"));
    assertThat(read(VECTOR)).isEqualTo(expected);
    assertThat(read(result("scalar", "[1767225600.5,\"12.25\"]"))).isEqualTo(expected);
    assertThat(read(result("scalar", "[1767225600,\"-1e3\"]")))
        .isEqualTo(new QueryAnswer.Value(-1000, Instant.parse("2026-01-01T00:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "vector | [] | gives nothing",
        "vector | [{\"value\":[1,\"1\"]},{\"value\":[1,\"2\"]}] | gives 2 series; aggregate them",
        "matrix | [] | gives a matrix, not one number",
        "string | [1,\"x\"] | gives a string, not one number",
        "scalar | [1,\"NaN\"] | NaN, no number",
        "scalar | [1,\"+Inf\"] | +Inf, no number",
        "scalar | [1,\"\"] | no number",
        "scalar | [1,\"1\",2] | is no sample",
        "scalar | [] | is no sample",
        "scalar | [-1,\"1\"] | time is none",
        "scalar | [1e12,\"1\"] | time is none",
        "scalar | [1,1] | cannot be read",
        "scalar | {\"a\":1} | cannot be read",
        "vector | [{\"metric\":{}}] | cannot be read",
        "vector | 7 | cannot be read",
      })
  void whateverElseCameIsNoAnswerAndSaysWhy(String type, String result, String why) {
    assertThat(read(result(type, result)))
        .isInstanceOfSatisfying(QueryAnswer.Nothing.class, n -> assertThat(n.why()).contains(why));
  }

  @Test
  void anErrorIsTold() {
    assertThat(
            read("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse\\nerror\"}"))
        .isEqualTo(new QueryAnswer.Nothing("the endpoint answers error: bad_data parse?error"));
  }

  @Test
  void aLongTextOfAnotherSystemIsCutOff() {
    String error = "x".repeat(5000);
    var answer = read("{\"status\":\"error\",\"error\":\"" + error + "\"}");
    assertThat(((QueryAnswer.Nothing) answer).why()).hasSizeLessThan(210);
  }

  @Test
  void noBytesDoHarm() {
    Random random = new Random(3);
    byte[] good = VECTOR.getBytes(StandardCharsets.UTF_8);
    int values = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] mutated = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      byte[] cut =
          java.util.Arrays.copyOf(
              mutated, random.nextInt(10) == 0 ? random.nextInt(good.length) : good.length);
      if (PrometheusAnswer.read(cut) instanceof QueryAnswer.Value) values++;
    }
    assertThat(values).as("most mutations break it, not all").isBetween(50, 15_000);
  }
}

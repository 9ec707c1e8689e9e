package dev.hatchery.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InferRequestTest {
  @Test
  void readsShapeAndData() {
    var tensor = InferRequest.parse("{\"shape\":[1,3],\"data\":[1,-2.5,3e-1]}".getBytes(UTF_8));

    assertThat(tensor.shape()).containsExactly(1, 3);
    assertThat(tensor.toArray()).containsExactly(1f, -2.5f, 0.3f);
  }

  @Test
  void aWholeCameraFrameIsNotTooLarge() {
    int pixels = 512 * 384;
    String data = "0.504,".repeat(pixels - 1) + "1";
    byte[] body = "{\"shape\":[192,1,32,32],\"data\":[%s]}".formatted(data).getBytes(UTF_8);

    assertThat(InferRequest.parse(body).toArray()).hasSize(pixels).endsWith(1f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"shape\":[1],\"data\":[1],\"extra\":1}",
        "{\"shape\":[1],\"shape\":[1],\"data\":[1]}",
        "{\"shape\":[1.5],\"data\":[1]}",
        "{\"shape\":[4294967297],\"data\":[1]}",
        "{\"shape\":1,\"data\":[1]}",
        "{\"shape\":[1],\"data\":1}",
        "{\"shape\":[1],\"data\":[[1]]}",
        "{\"shape\":[1],\"data\":[\"1\"]}",
        "{\"shape\":[1],\"data\":[null]}",
        "{\"shape\":[1],\"data\":[1e39]}",
        "{\"shape\":[1],\"data\":[1]} {}"
      })
  void refusesEverythingElse(String body) {
    assertThatThrownBy(() -> InferRequest.parse(body.getBytes(UTF_8))).isInstanceOf(Refusal.class);
  }
}

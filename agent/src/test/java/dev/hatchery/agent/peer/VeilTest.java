package dev.hatchery.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class VeilTest {
  private static final Digest BLOB = Digest.of("hatchery".getBytes(StandardCharsets.US_ASCII));

  /** The vector of docs/peers.md, computed with other tools. */
  @Test
  void nameAndBytesAreThoseOfTheDocument() {
    byte[] bytes = "hatchery hatchery hatchery".getBytes(StandardCharsets.US_ASCII);
    Veil.turn(Veil.at(BLOB, 5), bytes, bytes.length);

    assertThat(Veil.name(BLOB).hex())
        .isEqualTo("dedf4b3a20fc3ff6c5517dea82eb554ed3ba5814f78b11e0b03301eceb531719");
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("be9c1cda47471d07d4f2dfd81a04779661b4e7a2fb9772efb761");
  }

  @Test
  void theVeilIsLiftedFromAnyPositionOn() {
    byte[] content = new byte[5000];
    Random random = new Random(5);
    random.nextBytes(content);
    byte[] veiled = content.clone();
    Veil.turn(Veil.at(BLOB, 0), veiled, veiled.length);
    assertThat(veiled).isNotEqualTo(content);

    for (int i = 0; i < 200; i++) {
      int from = random.nextInt(content.length);
      byte[] part = Arrays.copyOfRange(veiled, from, content.length);
      Veil.turn(Veil.at(BLOB, from), part, part.length);
      assertThat(part).isEqualTo(Arrays.copyOfRange(content, from, content.length));
    }
  }

  @Test
  void anotherDigestIsAnotherNameAndAnotherKey() {
    Digest other = Digest.of(new byte[] {1});
    byte[] mine = new byte[64];
    byte[] its = new byte[64];
    Veil.turn(Veil.at(BLOB, 0), mine, mine.length);
    Veil.turn(Veil.at(other, 0), its, its.length);

    assertThat(Veil.name(other)).isNotEqualTo(Veil.name(BLOB)).isNotEqualTo(other);
    assertThat(mine).isNotEqualTo(its);
  }
}

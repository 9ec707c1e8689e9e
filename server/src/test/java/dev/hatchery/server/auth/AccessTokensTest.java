package dev.hatchery.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AccessTokensTest {
  private static final DeviceId DEVICE = new DeviceId("edge-1");
  private static final byte[] SECRET = new byte[32];
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final AccessTokens tokens = new AccessTokens(SECRET, () -> now);

  @Test
  void aTokenNamesItsDeviceUntilItExpires() {
    Secret token = tokens.issue(DEVICE);
    assertThat(token.reveal()).startsWith("hta_");
    assertThat(tokens.check(token)).contains(DEVICE);
    now = now.plus(AccessTokens.LIFETIME).minus(Duration.ofSeconds(1));
    assertThat(tokens.check(token)).contains(DEVICE);
    now = now.plusSeconds(1);
    assertThat(tokens.check(token)).isEmpty();
  }

  @Test
  void anotherServersTokenIsNone() {
    byte[] other = SECRET.clone();
    other[0] = 1;
    assertThat(new AccessTokens(other, () -> now).check(tokens.issue(DEVICE))).isEmpty();
  }

  @Test
  void noChangedCharacterPasses() {
    String token = tokens.issue(DEVICE).reveal();
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'A' ? 'B' : 'A';
      String changed = token.substring(0, i) + other + token.substring(i + 1);
      assertThat(tokens.check(new Secret(changed))).as(changed).isEmpty();
    }
  }

  @Test
  void anotherNameOrExpiryUnderTheSameMacIsRefused() {
    String[] parts = tokens.issue(DEVICE).reveal().substring(4).split("\\.", -1);
    String other =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("edge-2".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(tokens.check(new Secret("hta_" + other + "." + parts[1] + "." + parts[2])))
        .isEmpty();
    assertThat(tokens.check(new Secret("hta_" + parts[0] + ".99999999999." + parts[2]))).isEmpty();
  }

  @Test
  void nonsenseIsNoToken() {
    var random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      var text = new StringBuilder(random.nextBoolean() ? "hta_" : "");
      for (int n = random.nextInt(80); n > 0; n--) text.append((char) (32 + random.nextInt(95)));
      assertThat(tokens.check(new Secret(text.toString()))).isEmpty();
    }
    assertThat(tokens.check(new Secret("hta_" + "a".repeat(10_000)))).isEmpty();
  }

  @Test
  void aBucketGivesItsBurstAndThenOneAtATime() {
    var buckets = new Buckets(3, Duration.ofSeconds(2), () -> now);
    for (int i = 0; i < 3; i++) assertThat(buckets.take("a")).isTrue();
    assertThat(buckets.take("a")).isFalse();
    assertThat(buckets.take("b")).isTrue();
    now = now.plusSeconds(2);
    assertThat(buckets.take("a")).isTrue();
    assertThat(buckets.take("a")).isFalse();
    now = now.plusSeconds(3600);
    for (int i = 0; i < 3; i++) assertThat(buckets.take("a")).isTrue();
    assertThat(buckets.take("a")).isFalse();
    now = now.minusSeconds(3600);
    assertThat(buckets.take("a")).as("a clock that goes back gives nothing").isFalse();
  }

  @Test
  void secretsHave256BitsAndTheirPrefix() {
    var random = new Random(1);
    String one = Tokens.make("hto_", random).reveal();
    String two = Tokens.make("hto_", random).reveal();
    assertThat(one).matches("hto_[0-9A-Za-z]{43}").isNotEqualTo(two);
  }
}

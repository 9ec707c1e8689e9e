package dev.hatchery.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Secret;
import org.junit.jupiter.api.Test;

final class LogTest {
  @Test
  void anEventIsOneLineOfPairs() {
    assertThat(Log.line("rollout.decided", "rollout", "r-1", "commands", 3))
        .isEqualTo("rollout.decided rollout=r-1 commands=3");
    assertThat(Log.line("x", "why", "two words", "empty", "", "odd", "a=b"))
        .isEqualTo("x why=\"two words\" empty=\"\" odd=\"a=b\"");
  }

  @Test
  void nobodyCanForgeALine() {
    assertThat(Log.line("x", "detail", "a\nINFO y z=\"1\"\u0007"))
        .isEqualTo("x detail=\"a?INFO y z='1'?\"");
    assertThat(Log.line("x", "long", "y".repeat(5000))).hasSizeLessThan(600);
  }

  @Test
  void aSecretStaysOne() {
    assertThat(Log.line("x", "token", new Secret("hto_abc"))).isEqualTo("x token=***");
  }
}

package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BlameTest {
  @ParameterizedTest
  @EnumSource(
      names = {
        "HASH",
        "BAD_SIGNATURE",
        "INCOMPATIBLE",
        "LOADER",
        "GOLDEN",
        "NOT_READY",
        "CRASH_LOOP",
        "BOOT_LOOP",
        "STALLED",
        "INTERNAL"
      })
  void whatTheBundleCausesSpeaksAgainstTheReleaseEvenBeforeTheSwitch(Code code) {
    assertThat(Blame.of(code, false)).isEqualTo(Blame.RELEASE);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNREACHABLE", "TRUNCATED", "SLOW", "NO_SPACE", "STORAGE", "EXPIRED"})
  void networkAndDiskSpeakAgainstItOnlyAfterTheSwitch(Code code) {
    assertThat(Blame.of(code, false)).isEqualTo(Blame.WORLD);
    assertThat(Blame.of(code, true)).isEqualTo(Blame.RELEASE);
  }

  @Test
  void anOrderThatANewerOneReplacedIsNobodysFault() {
    assertThat(Blame.of(Code.SUPERSEDED, true)).isEqualTo(Blame.NOBODY);
    assertThat(Blame.of(Code.SUPERSEDED, false)).isEqualTo(Blame.NOBODY);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "HASH",
        "SIZE",
        "BAD_SIGNATURE",
        "THRESHOLD",
        "WRONG_KEY",
        "INCOMPATIBLE",
        "MALFORMED_MODEL",
        "REVOKED",
        "BELOW_FLOOR",
        "EXTRA_FILE",
        "MISSING_FILE",
        "UNSAFE_PATH",
        "TOO_LARGE",
        "BAD_INPUT",
        "BAD_SPEC"
      })
  void whatTheBundlesBytesDecideComesAgain(Code code) {
    assertThat(Blame.lasting(code)).isTrue();
    assertThat(Blame.of(code, false)).isEqualTo(Blame.RELEASE);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "UNREACHABLE",
        "NO_SPACE",
        "STORAGE",
        "NOT_READY",
        "GOLDEN",
        "CRASH_LOOP",
        "NO_LEASE"
      })
  void whatMayPassDoesNot(Code code) {
    assertThat(Blame.lasting(code)).isFalse();
  }
}

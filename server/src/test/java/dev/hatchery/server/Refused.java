package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;

/** Expects a refusal. */
final class Refused {
  private Refused() {}

  static Refusal.Problem refused(Code code, Runnable work) {
    Throwable thrown = catchThrowable(work::run);
    assertThat(thrown).isInstanceOf(Refusal.class);
    Refusal refusal = (Refusal) thrown;
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    return refusal.problem();
  }
}

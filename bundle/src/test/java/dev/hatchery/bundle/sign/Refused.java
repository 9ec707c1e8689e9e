package dev.hatchery.bundle.sign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that something is refused, and with which code. */
public final class Refused {
  private Refused() {}

  public static Refusal with(Code code, ThrowingCallable call) {
    Refusal refusal = Assertions.catchThrowableOfType(Refusal.class, call);
    assertThat(refusal).as("the refusal").isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    return refusal;
  }
}

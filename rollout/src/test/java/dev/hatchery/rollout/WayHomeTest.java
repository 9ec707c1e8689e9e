package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where a device goes that is taken back by hand. */
final class WayHomeTest {
  private static final Digest A = digest("a");
  private static final Digest B = digest("b");
  private static final Digest OLDER = digest("older");

  private static Digest digest(String of) {
    return Digest.of(of.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<Order> ordered(Digest bundle, Order.Reason reason) {
    return Optional.of(
        new Order(
            "r1/1",
            ReleaseId.parse("inspection@1.1.0"),
            bundle,
            900,
            List.of(bundle),
            reason,
            Order.Trial.DEFAULT,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Delivery.DEFAULT));
  }

  private static Optional<SlotStatus> says(Optional<Digest> lkg, Optional<Digest> previous) {
    return Optional.of(
        new SlotStatus(
            State.CONFIRMED,
            Optional.of("r1/1"),
            lkg,
            lkg,
            previous,
            lkg,
            SlotStatus.Proof.ECHOED,
            Optional.empty(),
            "",
            Traffic.NONE,
            Optional.empty()));
  }

  private static String why(WayHome way) {
    return switch (way) {
      case WayHome.Nowhere(String why) -> why;
      case WayHome.To(Digest to) -> throw new AssertionError(to);
    };
  }

  @Test
  void oneThatHasProvedWhatItWasToldGoesToWhatItHadBefore() {
    assertThat(WayHome.of(ordered(B, Order.Reason.ROLLOUT), says(Optional.of(B), Optional.of(A))))
        .isEqualTo(new WayHome.To(A));
    assertThat(WayHome.of(ordered(B, Order.Reason.CHANNEL), says(Optional.of(B), Optional.of(A))))
        .isEqualTo(new WayHome.To(A));
  }

  @Test
  void oneThatHasNotGoesToItsLastKnownGoodAndNotFurther() {
    assertThat(
            WayHome.of(ordered(B, Order.Reason.ROLLOUT), says(Optional.of(A), Optional.of(OLDER))))
        .isEqualTo(new WayHome.To(A));
  }

  @Test
  void nobodyIsTakenBackTwice() {
    // Its older bundle is the one that was left.
    assertThat(
            why(
                WayHome.of(
                    ordered(A, Order.Reason.ROLLBACK), says(Optional.of(A), Optional.of(B)))))
        .isEqualTo("was told to go back to inspection@1.1.0 already");
  }

  @Test
  void oneThatHasNothingBeforeGoesNowhere() {
    var told = ordered(B, Order.Reason.ROLLOUT);
    assertThat(why(WayHome.of(told, says(Optional.of(B), Optional.empty()))))
        .isEqualTo("holds nothing, or does not say what, before inspection@1.1.0");
    assertThat(why(WayHome.of(told, says(Optional.of(B), Optional.of(B)))))
        .as("the same again is nothing before")
        .startsWith("holds nothing");
    assertThat(why(WayHome.of(told, says(Optional.empty(), Optional.of(A)))))
        .isEqualTo("holds no last known good");
    assertThat(why(WayHome.of(told, Optional.empty()))).isEqualTo("has not said yet what it holds");
    assertThat(why(WayHome.of(Optional.empty(), says(Optional.of(B), Optional.of(A)))))
        .isEqualTo("was never ordered anything for this slot");
  }

  @Test
  void oneThatCannotIsToldAgainLessAndLessOftenDownToOnceADay() {
    assertThat(WayHome.patience(1)).isEqualTo(Duration.ofMinutes(10));
    assertThat(WayHome.patience(2)).isEqualTo(Duration.ofMinutes(20));
    assertThat(WayHome.patience(8)).isEqualTo(Duration.ofMinutes(1280));
    assertThat(WayHome.patience(9)).isEqualTo(Duration.ofDays(1));
    assertThat(WayHome.patience(Integer.MAX_VALUE)).isEqualTo(Duration.ofDays(1));
  }
}

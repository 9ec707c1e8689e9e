package dev.hatchery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.RolloutSpec.Lane;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a model stands on, and what of it has changed. */
final class StackTest {
  private static DeviceFacts facts(String os, String kernel, String hailort, String driver) {
    return new DeviceFacts(
            "Raspberry Pi 5",
            "aarch64",
            os,
            kernel,
            DataSize.mib(1),
            List.of(),
            hailort.isEmpty() ? Map.of() : Map.of("hailort", Version.parse(hailort)),
            "1")
        .on(
            new DeviceFacts.Platform(
                Optional.of(driver).filter(d -> !d.isEmpty()).map(Version::parse),
                Optional.of(Version.parse("5.1.1")),
                new DataSize(0),
                new DataSize(0),
                new DataSize(7)));
  }

  @Test
  void eachPartThatIsNotWhatItWasIsNamed() {
    Stack before = Stack.of(facts("Debian 12", "6.6.31", "5.1.1", "5.1.1"));
    Stack after = Stack.of(facts("Debian 13", "6.12.20", "5.2.0", "5.2.0"));
    assertThat(before.changesTo(after).stream().map(Stack.Change::toString))
        .containsExactly(
            "driver 5.1.1 → 5.2.0",
            "hailort 5.1.1 → 5.2.0",
            "kernel 6.6.31 → 6.12.20",
            "os Debian 12 → Debian 13");
    assertThat(before.changesTo(before)).isEmpty();
    assertThat(before.parts()).containsEntry("firmware", "5.1.1");
  }

  @Test
  void whatBecomesKnownOrUnknownIsDifferent() {
    Stack known = Stack.of(facts("a", "b", "5.1.1", "5.1.1"));
    Stack unknown = Stack.of(facts("a", "b", "", ""));
    assertThat(known.changesTo(unknown).stream().map(Stack.Change::toString))
        .containsExactly("driver 5.1.1 → unknown", "hailort 5.1.1 → unknown");
    assertThat(unknown.changesTo(known).stream().map(Stack.Change::toString))
        .containsExactly("driver unknown → 5.1.1", "hailort unknown → 5.1.1");
  }

  @Test
  void theSlotOfTheSystemTakesFirmware() {
    assertThat(Pipeline.usual(new Name("os"))).isEqualTo(Pipeline.FIRMWARE);
    assertThat(Pipeline.usual(new Name("vision"))).isEqualTo(Pipeline.MODEL);
    assertThat(Pipeline.MODEL.other()).isEqualTo(Pipeline.FIRMWARE);
    assertThat(Pipeline.FIRMWARE.other()).isEqualTo(Pipeline.MODEL);
    assertThat(Manifest.Kind.ADAPTER.pipeline()).isEqualTo(Pipeline.MODEL);
    assertThat(Manifest.Kind.FIRMWARE.pipeline()).isEqualTo(Pipeline.FIRMWARE);
  }

  @Test
  void anInterlockHasALongestTime() {
    assertThat(Lane.requireInterlock(Duration.ZERO)).isZero();
    assertThat(Lane.requireInterlock(Lane.MAX_INTERLOCK)).isEqualTo(Lane.MAX_INTERLOCK);
    assertThatThrownBy(() -> Lane.requireInterlock(Duration.ofMillis(-1)))
        .isInstanceOf(Refusal.class);
    assertThatThrownBy(
            () -> new Lane(Pipeline.MODEL, Optional.of(Lane.MAX_INTERLOCK.plusMillis(1))))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("0s to 30d");
  }
}

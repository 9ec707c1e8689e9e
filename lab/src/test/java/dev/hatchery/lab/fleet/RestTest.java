package dev.hatchery.lab.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.core.Code;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a device has to say for not having done what it is told. */
final class RestTest {
  private static final String COMMAND = "r-1/back2";

  private static Ledger ledger(State state, String command, Optional<Code> reason) {
    Digest digest = Digest.of(command.getBytes(StandardCharsets.UTF_8));
    var order =
        new Order(
            command,
            ReleaseId.parse("m@1.0.0"),
            digest,
            900,
            List.of(digest),
            Order.Reason.ROLLBACK,
            Order.Trial.DEFAULT,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Delivery.DEFAULT);
    return new Ledger(
        state,
        Optional.of(order),
        1,
        1,
        Optional.of(digest),
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        reason,
        "",
        Traffic.NONE,
        List.of());
  }

  @ParameterizedTest
  @EnumSource(State.class)
  void onlyAnOrderThatCameToNothingIsAnExcuse(State state) {
    boolean nothing = state == State.FAILED || state == State.ROLLED_BACK;

    assertThat(Rest.cannot(ledger(state, COMMAND, Optional.of(Code.NOT_READY)), COMMAND))
        .isEqualTo(nothing);
  }

  @Test
  void noneIsAnotherOrderNorOneWithoutAReasonNorOneThatGaveWay() {
    var failed = Optional.of(Code.NOT_READY);

    assertThat(Rest.cannot(ledger(State.FAILED, "r-1/1", failed), COMMAND)).isFalse();
    assertThat(Rest.cannot(ledger(State.FAILED, COMMAND, Optional.empty()), COMMAND)).isFalse();
    var gaveWay = Optional.of(Code.SUPERSEDED);
    assertThat(Rest.cannot(ledger(State.FAILED, COMMAND, gaveWay), COMMAND)).isFalse();
  }
}

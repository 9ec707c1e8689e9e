package dev.hatchery.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseAnswer.Granted;
import dev.hatchery.wire.LeaseRequest;
import dev.hatchery.wire.LeaseUse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class UplinkTest {
  private static final LeaseRequest LARGE = request(10_000_000);
  private static final Duration VALID = Duration.ofSeconds(60);

  private long nanos = 77;
  private final Desk desk = new Desk();

  /** Answers from a list; an empty one is a server without leases. */
  private static final class Desk implements LeaseDesk {
    final Deque<LeaseAnswer> answers = new ArrayDeque<>();
    final List<String> told = new ArrayList<>();
    Optional<Code> fails = Optional.empty();

    @Override
    public Optional<LeaseAnswer> ask(LeaseRequest request) {
      told.add("ask " + request.bytes());
      return answer();
    }

    @Override
    public Optional<LeaseAnswer> renew(String lease, LeaseUse use) {
      told.add((use.done() ? "done " : "renew ") + lease + " " + use.bytes());
      if (use.done()) return Optional.empty();
      return answer();
    }

    private Optional<LeaseAnswer> answer() {
      if (fails.isPresent()) throw Refusal.of(fails.get(), "no");
      return Optional.ofNullable(answers.poll());
    }
  }

  private static LeaseRequest request(long bytes) {
    return request(bytes, false);
  }

  private static LeaseRequest request(long bytes, boolean peers) {
    return new LeaseRequest(
        new Name("vision"), "c1", Digest.of(new byte[] {1}), bytes, false, peers);
  }

  private Uplink uplink(Optional<DataSize> rate) {
    return new Uplink(desk, () -> nanos, rate, false);
  }

  private static Granted granted(String name, Optional<DataSize> rate, OptionalLong bytes) {
    return new Granted(name, VALID, rate, bytes);
  }

  private void grant(String name) {
    desk.answers.add(granted(name, Optional.empty(), OptionalLong.empty()));
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void whatIsSmallNeedsNoLease() throws Exception {
    assertThat(uplink(Optional.empty()).leave(request(256 * 1024))).isInstanceOf(Uplink.Go.class);
    assertThat(desk.told).isEmpty();
  }

  @Test
  void whatNeighboursCanShareIsAskedForUnlessItIsVerySmall() throws Exception {
    assertThat(uplink(Optional.empty()).leave(request(16 * 1024, true)))
        .isInstanceOf(Uplink.Go.class);
    assertThat(desk.told).isEmpty();
    grant("a");
    assertThat(uplink(Optional.empty()).leave(request(17 * 1024, true)))
        .isInstanceOf(Uplink.Go.class);
    assertThat(desk.told).containsExactly("ask 17408");
  }

  @Test
  void aServerWithoutLeasesIsAskedOnce() throws Exception {
    Uplink uplink = uplink(Optional.empty());

    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Go.class);
    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Go.class);
    assertThat(uplink.room()).isEqualTo(Long.MAX_VALUE);
    assertThat(desk.told).containsExactly("ask 10000000");
  }

  @Test
  void aLeaseIsRenewedAtHalfOfItsTimeAndGivenBackWithWhatItCost() throws Exception {
    Uplink uplink = uplink(Optional.empty());
    grant("a");
    uplink.leave(LARGE);
    uplink.took(1000);
    pass(Duration.ofSeconds(29));
    uplink.leave(LARGE);
    pass(Duration.ofSeconds(1));
    grant("a");
    uplink.leave(LARGE);
    uplink.took(500);
    uplink.end();
    uplink.end();

    assertThat(desk.told).containsExactly("ask 10000000", "renew a 1000", "done a 1500");
  }

  @Test
  void whoMustWaitIsToldWhyAndAsksAgainWhenItIsTime() throws Exception {
    Uplink uplink = uplink(Optional.empty());
    desk.answers.add(new LeaseAnswer.Wait(Duration.ofSeconds(20), "site oslo is full", true));
    assertThat(uplink.leave(LARGE))
        .isEqualTo(new Uplink.Wait(Duration.ofSeconds(20), "waits: site oslo is full", true));
    pass(Duration.ofSeconds(15));
    assertThat(uplink.leave(LARGE))
        .isEqualTo(new Uplink.Wait(Duration.ofSeconds(5), "waits: site oslo is full", true));
    pass(Duration.ofSeconds(5));
    grant("a");
    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Go.class);
    assertThat(desk.told).hasSize(2);
  }

  @Test
  void aRenewalThatMustWaitEndsTheLease() throws Exception {
    Uplink uplink = uplink(Optional.empty());
    grant("a");
    uplink.leave(LARGE);
    pass(Duration.ofSeconds(30));
    desk.answers.add(new LeaseAnswer.Wait(Duration.ofSeconds(9), "the budget", false));

    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Wait.class);
    uplink.end();
    assertThat(desk.told).containsExactly("ask 10000000", "renew a 0");
  }

  @Test
  void aLimitThatRefusesIsAWait() throws Exception {
    desk.fails = Optional.of(Code.LIMIT);

    assertThat(uplink(Optional.empty()).leave(LARGE)).isInstanceOf(Uplink.Wait.class);
  }

  @Test
  void anUnreachableServerIsTold() {
    desk.fails = Optional.of(Code.UNREACHABLE);

    assertThatThrownBy(() -> uplink(Optional.empty()).leave(LARGE))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.UNREACHABLE));
  }

  @Test
  void aLeaseLastsItsTimeWhenTheServerGoesAwayAndNoLonger() throws Exception {
    Uplink uplink = uplink(Optional.empty());
    grant("a");
    uplink.leave(LARGE);
    desk.fails = Optional.of(Code.UNREACHABLE);
    pass(Duration.ofSeconds(30));
    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Go.class);
    pass(Duration.ofSeconds(29));
    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Go.class);
    pass(Duration.ofSeconds(6));

    assertThatThrownBy(() -> uplink.leave(LARGE)).isInstanceOf(Refusal.class);
    assertThat(desk.told)
        .containsExactly("ask 10000000", "renew a 0", "renew a 0", "renew a 0", "ask 10000000");
  }

  @Test
  void aLeaseThatTheServerHasForgottenIsAskedForAnew() throws Exception {
    Uplink uplink = uplink(Optional.empty());
    grant("a");
    uplink.leave(LARGE);
    pass(Duration.ofSeconds(30));
    Desk forgetful = desk;
    forgetful.fails = Optional.of(Code.NO_LEASE);
    assertThatThrownBy(() -> uplink.leave(LARGE)).isInstanceOf(Refusal.class);
    forgetful.fails = Optional.empty();
    grant("b");
    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Go.class);
    uplink.end();

    assertThat(desk.told).endsWith("ask 10000000", "done b 0");
  }

  @Test
  void theBytesOfABudgetAreNotPassed() throws Exception {
    Uplink uplink = uplink(Optional.empty());
    desk.answers.add(granted("a", Optional.empty(), OptionalLong.of(1000)));
    uplink.leave(LARGE);
    assertThat(uplink.room()).isEqualTo(1000);
    uplink.took(400);
    assertThat(uplink.room()).isEqualTo(600);
    uplink.took(600);
    assertThat(uplink.room()).isZero();
    desk.answers.add(new LeaseAnswer.Wait(Duration.ofHours(1), "the budget", false));

    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Wait.class);
    assertThat(desk.told).containsExactly("ask 10000000", "done a 1000", "ask 10000000");
  }

  @Test
  void theLowerOfTheOrdersAndTheLeasesRateHolds() throws Exception {
    desk.answers.add(granted("a", Optional.of(DataSize.kib(100)), OptionalLong.empty()));
    assertThat(bytesIn(uplink(Optional.of(DataSize.kib(400))), Duration.ofSeconds(20)))
        .isBetween(1_950_000L, 2_150_000L);
    desk.answers.add(granted("a", Optional.of(DataSize.kib(400)), OptionalLong.empty()));
    assertThat(bytesIn(uplink(Optional.of(DataSize.kib(100))), Duration.ofSeconds(20)))
        .isBetween(1_950_000L, 2_150_000L);
  }

  @Test
  void anOrdersRateHoldsWithoutALease() throws Exception {
    assertThat(bytesIn(uplink(Optional.of(DataSize.kib(10))), Duration.ofSeconds(100)))
        .isBetween(1_000_000L, 1_100_000L);
  }

  // Reads as a download does: as much as a buffer holds, whenever the valve is open.
  private long bytesIn(Uplink uplink, Duration time) throws InterruptedException {
    long end = nanos + time.toNanos();
    long bytes = 0;
    while (nanos < end) {
      switch (uplink.leave(LARGE)) {
        case Uplink.Go _ -> {
          while (uplink.room() > 0) {
            uplink.took(16_384);
            bytes += 16_384;
            pass(Duration.ofMillis(1));
          }
        }
        case Uplink.Pause pause -> pass(pause.time());
        case Uplink.Wait wait -> throw new AssertionError(wait);
      }
    }
    return bytes;
  }

  @Test
  void aRollbackAsksNobodyAndWaitsForNothing() throws Exception {
    Uplink uplink = new Uplink(desk, () -> nanos, Optional.empty(), true);

    assertThat(uplink.leave(LARGE)).isInstanceOf(Uplink.Go.class);
    assertThat(desk.told).isEmpty();
  }
}

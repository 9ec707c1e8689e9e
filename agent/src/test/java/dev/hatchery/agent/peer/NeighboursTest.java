package dev.hatchery.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DataSize;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is known and who is left alone, and what a rate comes to, under a clock by hand. */
final class NeighboursTest {
  // Near its end, where the clock's numbers become negative.
  private long nanos = Long.MAX_VALUE - Duration.ofMinutes(3).toNanos();
  private final Neighbours neighbours = new Neighbours(() -> nanos, new Random(1));

  private static InetSocketAddress address(int i) {
    return new InetSocketAddress(
        InetAddress.ofLiteral("10.0." + i / 250 + "." + (i % 250 + 1)), 8474);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void whoIsNotSeenForFiveMinutesIsForgotten() {
    neighbours.sighted(address(1), "a");
    pass(Duration.ofMinutes(4));
    neighbours.sighted(address(2), "b");
    pass(Duration.ofMinutes(2));

    assertThat(neighbours.willing()).containsExactly(address(2));
    assertThat(neighbours.all()).extracting(Neighbour::device).containsExactly("b");
  }

  @Test
  void aFloodOfAnnouncementsIsBounded() {
    for (int i = 0; i < 10_000; i++) neighbours.sighted(address(i), "flood");

    assertThat(neighbours.all()).hasSize(Neighbours.MAX_SEEN);
    for (int i = 0; i < 10_000; i++) neighbours.failed(address(i), Fault.LIED);
    neighbours.sighted(address(9_999), "again");
    assertThat(neighbours.willing()).isEmpty();
  }

  @Test
  void eachFaultHasItsTime() {
    int next = 0;
    for (Fault fault : Fault.values()) {
      InetSocketAddress address = address(next++);
      neighbours.sighted(address, "");
      neighbours.failed(address, fault);
      pass(fault.aside().minusNanos(1));
      neighbours.sighted(address, "");
      assertThat(neighbours.willing().contains(address)).isEqualTo(fault.aside().isZero());
      pass(Duration.ofNanos(1));
      neighbours.sighted(address, "");
      assertThat(neighbours.willing()).as(fault.name()).contains(address);
    }
  }

  @Test
  void announcingItselfAnewDoesNotHelpALiar() {
    neighbours.sighted(address(1), "");
    assertThat(neighbours.failed(address(1), Fault.LIED)).isTrue();
    // A lesser fault does not shorten it.
    assertThat(neighbours.failed(address(1), Fault.AWAY)).isFalse();
    pass(Duration.ofMinutes(30));
    neighbours.sighted(address(1), "another name");

    assertThat(neighbours.willing()).isEmpty();
  }

  @Test
  void theOrderIsOneOfChance() {
    Set<InetSocketAddress> first = new HashSet<>();
    for (int i = 0; i < 5; i++) neighbours.sighted(address(i), "");
    for (int i = 0; i < 200; i++) first.add(neighbours.willing().getFirst());

    assertThat(first).hasSize(5);
  }

  @Test
  void aRateGivesHalfASecondAtOnceAndThenWaits() {
    UploadRate rate = new UploadRate(new DataSize(1000), () -> nanos);

    assertThat(rate.take(500)).isZero();
    assertThat(rate.take(100)).isEqualTo(Duration.ofMillis(100));
    assertThat(rate.take(100)).isEqualTo(Duration.ofMillis(200));
    pass(Duration.ofMillis(200));
    assertThat(rate.take(100)).isEqualTo(Duration.ofMillis(100));
    // Time in which nobody asks is not saved up beyond that.
    pass(Duration.ofHours(1));
    assertThat(rate.take(500)).isZero();
    assertThat(rate.take(1)).isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void whatIsNearIsNear() {
    for (String near :
        new String[] {
          "127.0.0.1",
          "127.9.9.9",
          "10.255.0.1",
          "172.16.0.1",
          "172.31.255.255",
          "192.168.3.4",
          "169.254.1.1",
          "::1",
          "fe80::1",
          "fd12::1"
        }) {
      assertThat(Network.any(Network.NEAR, InetAddress.ofLiteral(near))).as(near).isTrue();
    }
    for (String far :
        new String[] {
          "8.8.8.8",
          "172.32.0.1",
          "172.15.255.255",
          "100.64.0.1",
          "192.169.0.1",
          "0.0.0.0",
          "2001:db8::1",
          "::",
          "255.255.255.255",
          "224.0.0.251"
        }) {
      assertThat(Network.any(Network.NEAR, InetAddress.ofLiteral(far))).as(far).isFalse();
    }
  }
}

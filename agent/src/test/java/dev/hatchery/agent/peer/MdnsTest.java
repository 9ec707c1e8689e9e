package dev.hatchery.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Multicast on loopback works where the kernel lets a group be joined there, as Linux does. */
final class MdnsTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("192.168.1.7");

  @Test
  void devicesOfOneSiteFindEachOtherAndThoseOfAnotherSiteNot() throws Exception {
    byte[] content = {1, 2, 3};
    List<String> log = new ArrayList<>();
    try (Peers first = device("cam-1", "oslo", content, log);
        Peers second = device("cam-2", "oslo", content, log);
        Peers stranger = device("cam-3", "bergen", content, log);
        Peers compatriot = device("cam-4", "bergen", content, log)) {
      await(() -> knows(first, second) && knows(second, first));
      // What the one has heard of, the others have too.
      await(() -> knows(compatriot, stranger));

      assertThat(knows(first, stranger)).isFalse();
      assertThat(knows(first, first)).isFalse();
      assertThat(first.counts().neighbours()).extracting(Neighbour::device).contains("cam-2");
      assertThat(Site.read(first.open(Digest.of(content), 3, 0).orElseThrow())).isEqualTo(content);
    }
    assertThat(log).isEmpty();
  }

  private static Peers device(String name, String site, byte[] content, List<String> log) {
    MemoryShelf shelf = new MemoryShelf();
    shelf.put(content);
    return Peers.open(
        Site.peering(DataSize.mib(1), Network.NEAR, Peering.Discovery.MDNS, List.of()),
        new Peers.Self(new DeviceId(name), site),
        new Peers.Means(
            shelf,
            _ -> Optional.empty(),
            System::nanoTime,
            new Random(1),
            (event, _) -> log.add(event)));
  }

  private static boolean knows(Peers one, Peers other) {
    return one.counts().neighbours().stream()
        .anyMatch(n -> n.address().equals(Site.address(other)));
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError("they did not meet");
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void aRecordSaysWhereToAsk() {
    Map<String, String> record = Sighting.record("cam-1", "oslo", 8474);

    assertThat(sighting(record, 8474)).contains(new Sighting("cam-1", "oslo", List.of(HERE), 8474));
    assertThat(sighting(Sighting.record("cam-1", "", 8474), 8474))
        .hasValueSatisfying(s -> assertThat(s.site()).isEmpty());
  }

  @Test
  void aRecordThatIsNotOursOrNotWholeIsPassedOver() {
    Map<String, String> good = Sighting.record("cam-1", "oslo", 8474);

    assertThat(sighting(Map.of(), 8474)).isEmpty();
    assertThat(sighting(good, 8475)).isEmpty();
    assertThat(sighting(Sighting.record("no name!", "oslo", 8474), 8474)).isEmpty();
    assertThat(sighting(Sighting.record("x".repeat(300), "oslo", 8474), 8474)).isEmpty();
    assertThat(sighting(Sighting.record("cam-1", "oslo", 0), 0)).isEmpty();
    assertThat(Sighting.of(name -> good.getOrDefault(name, ""), List.of(), 8474)).isEmpty();
    List<InetAddress> many = new ArrayList<>();
    for (int i = 1; i < 100; i++) many.add(InetAddress.ofLiteral("10.0.0." + i));
    assertThat(Sighting.of(name -> good.getOrDefault(name, ""), many, 8474))
        .hasValueSatisfying(s -> assertThat(s.addresses()).hasSize(4));
  }

  private static Optional<Sighting> sighting(Map<String, String> record, int port) {
    return Sighting.of(name -> record.getOrDefault(name, ""), List.of(HERE), port);
  }
}

package dev.hatchery.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.ChunkList;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fetching from neighbours, good ones and others. */
final class PeersTest {
  private static final int MIB = ChunkList.CHUNK;
  private final Site site = new Site();
  private final BlockingQueue<Slow> slow = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    site.close();
  }

  private Peers holder(byte[] content) {
    MemoryShelf shelf = new MemoryShelf();
    shelf.put(content);
    return site.device(shelf);
  }

  private Peers liar(byte[] content) {
    MemoryShelf shelf = new MemoryShelf();
    shelf.putLie(content);
    return site.device(shelf);
  }

  private static byte[] fetch(Peers device, byte[] content) throws InterruptedException {
    return Site.read(device.open(Digest.of(content), content.length, 0).orElseThrow());
  }

  private static long served(Peers... peers) {
    return Arrays.stream(peers).mapToLong(p -> p.counts().served()).sum();
  }

  @Test
  void aFileComesFromTenNeighboursPieceByPiece() throws Exception {
    byte[] content = site.release(1, 9 * MIB + 7);
    Peers[] ten = new Peers[10];
    for (int i = 0; i < ten.length; i++) ten[i] = holder(content);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, ten);

    assertThat(fetch(device, content)).isEqualTo(content);

    assertThat(device.counts().fetched()).isEqualTo(content.length);
    assertThat(device.counts().wasted()).isZero();
    assertThat(served(ten)).isEqualTo(content.length);
    assertThat(ten).filteredOn(p -> p.counts().served() > 0).hasSizeGreaterThan(1);
    assertThat(device.counts().neighbours().stream().mapToLong(Neighbour::good).sum())
        .isEqualTo(10);
  }

  @Test
  void onceOneHasItAllOfASiteGetIt() throws Exception {
    byte[] content = site.release(2, 3 * MIB);
    List<MemoryShelf> shelves = new ArrayList<>();
    Peers[] all = new Peers[10];
    for (int i = 0; i < all.length; i++) {
      shelves.add(new MemoryShelf());
      all[i] = site.device(shelves.get(i));
    }
    for (Peers one : all) Site.introduce(one, all);
    shelves.getFirst().put(content);
    List<Thread> fetching = new ArrayList<>();
    List<Digest> got = new CopyOnWriteArrayList<>();
    for (int i = 1; i < all.length; i++) {
      Peers device = all[i];
      MemoryShelf shelf = shelves.get(i);
      fetching.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  got.add(shelf.put(fetch(device, content)));
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (Thread one : fetching) one.join();

    assertThat(got).hasSize(9).containsOnly(Digest.of(content));
    assertThat(served(all)).isEqualTo(9L * content.length);
  }

  @Test
  void aLiarCostsOnePieceAndIsLeftAloneForAnHour() throws Exception {
    byte[] content = site.release(3, 4 * MIB);
    Peers liar = liar(content);
    Peers honest = holder(content);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, liar, honest);

    assertThat(fetch(device, content)).isEqualTo(content);

    assertThat(device.counts().wasted()).isEqualTo(MIB);
    assertThat(served(liar)).isEqualTo(MIB);
    assertThat(device.counts().neighbours())
        .filteredOn(n -> n.address().equals(Site.address(liar)))
        .singleElement()
        .satisfies(n -> assertThat(n.aside()).contains(Fault.LIED))
        .satisfies(n -> assertThat(n.bad()).isEqualTo(1));
    assertThat(site.logged).singleElement().asString().contains("LIED");

    site.pass(Duration.ofMinutes(59));
    Site.introduce(device, liar, honest);
    assertThat(fetch(device, content)).isEqualTo(content);
    assertThat(served(liar)).isEqualTo(MIB);

    site.pass(Duration.ofMinutes(2));
    Site.introduce(device, liar, honest);
    assertThat(fetch(device, content)).isEqualTo(content);
    assertThat(served(liar)).isEqualTo(2 * MIB);
  }

  @Test
  void amongLiarsOnlyTheStreamEndsAndSaysSo() throws Exception {
    byte[] content = site.release(4, 2 * MIB);
    Peers first = liar(content);
    Peers second = liar(content);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, first, second);

    assertThatThrownBy(() -> fetch(device, content))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.PEER));
    assertThat(device.counts().wasted()).isEqualTo(2 * MIB);
    assertThat(device.open(Digest.of(content), content.length, 0)).isEmpty();
  }

  @Test
  void aMachineWhosePortsHaveLiedThreeTimesIsLeftAloneAsAWhole() throws Exception {
    byte[] content = site.release(5, MIB / 2);
    Peers[] liars = {liar(content), liar(content), liar(content)};
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, liars);
    assertThatThrownBy(() -> fetch(device, content)).isInstanceOf(Refusal.class);
    assertThat(device.counts().wasted()).isEqualTo(3L * content.length);
    Site.introduce(device, holder(content));

    assertThat(device.open(Digest.of(content), content.length, 0)).isEmpty();
  }

  @Test
  void aNeighbourThatSendsNothingIsGivenUp() throws Exception {
    byte[] content = site.release(6, 3 * MIB);
    CountDownLatch never = new CountDownLatch(1);
    MemoryShelf stuck = new MemoryShelf();
    stuck.put(content);
    stuck.opening = bytes -> new Slow(bytes, 100_000, never);
    Peers slowOne = site.device(stuck);
    Peers device = site.device(new MemoryShelf(), Site.HASTY, DataSize.mib(1), Network.NEAR);
    Site.introduce(device, slowOne, holder(content));

    assertThat(fetch(device, content)).isEqualTo(content);

    never.countDown();
    assertThat(device.counts().neighbours())
        .filteredOn(n -> n.address().equals(Site.address(slowOne)))
        .singleElement()
        .satisfies(n -> assertThat(n.aside()).contains(Fault.SLOW));
  }

  @Test
  void aNeighbourThatVanishesAmidAPieceIsReplaced() throws Exception {
    byte[] content = site.release(7, 3 * MIB);
    MemoryShelf shelf = new MemoryShelf();
    shelf.put(content);
    Peers vanishing = site.device(shelf);
    shelf.opening = bytes -> new Ending(bytes, 500_000, vanishing::close);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, vanishing, holder(content));

    assertThat(fetch(device, content)).isEqualTo(content);

    assertThat(device.counts().neighbours())
        .filteredOn(n -> n.address().equals(Site.address(vanishing)))
        .allSatisfy(n -> assertThat(n.aside()).contains(Fault.AWAY));
    assertThat(device.counts().fetched()).isEqualTo(content.length);
  }

  @Test
  void aNeighbourThatThrewTheFileAwayIsNotBlamed() throws Exception {
    byte[] content = site.release(8, 3 * MIB);
    MemoryShelf forgetful = new MemoryShelf();
    forgetful.put(content);
    Peers forgetting = site.device(forgetful);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, forgetting);
    BlobSource.Stream stream = device.open(Digest.of(content), content.length, 0).orElseThrow();
    assertThat(stream.read(new byte[1], Duration.ofSeconds(5))).isEqualTo(1);

    forgetting.close();

    assertThatThrownBy(() -> Site.read(stream))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.PEER));
    assertThat(device.counts().wasted()).isZero();
  }

  @Test
  void aReaderBeginsWhereItStopped() throws Exception {
    byte[] content = site.release(9, 3 * MIB + 100);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, holder(content));

    for (int from : new int[] {1, MIB - 1, MIB, MIB + 500_000, content.length - 1}) {
      BlobSource.Stream stream =
          device.open(Digest.of(content), content.length, from).orElseThrow();
      assertThat(stream.start()).isEqualTo(from);
      assertThat(Site.read(stream)).isEqualTo(Arrays.copyOfRange(content, from, content.length));
    }
    assertThat(device.open(Digest.of(content), content.length, content.length)).isEmpty();
  }

  @Test
  void aFileOfOnePieceNeedsNoListAndALargerOneDoes() throws Exception {
    byte[] small = site.release(10, MIB);
    byte[] large = site.release(11, MIB + 1);
    site.lists.clear();
    MemoryShelf shelf = new MemoryShelf();
    shelf.put(small);
    shelf.put(large);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, site.device(shelf));

    assertThat(fetch(device, small)).isEqualTo(small);
    assertThat(site.asked).isEmpty();
    assertThat(device.open(Digest.of(large), large.length, 0)).isEmpty();
    assertThat(site.asked).containsExactly(Digest.of(large));
  }

  @Test
  void theServerIsAskedOnceAndOnlyForWhatNeighboursHave() throws Exception {
    byte[] content = site.release(12, 2 * MIB);
    Peers device = site.device(new MemoryShelf());
    assertThat(device.open(Digest.of(content), content.length, 0)).isEmpty();
    Site.introduce(device, site.device(new MemoryShelf()));
    assertThat(device.open(Digest.of(content), content.length, 0)).isEmpty();
    assertThat(site.asked).isEmpty();
    Site.introduce(device, holder(content));

    assertThat(fetch(device, content)).isEqualTo(content);
    assertThat(fetch(device, content)).isEqualTo(content);

    assertThat(site.asked).containsExactly(Digest.of(content));
  }

  @Test
  void aListOfAnotherFileIsNoList() throws Exception {
    byte[] content = site.release(13, 2 * MIB);
    byte[] other = site.release(14, 2 * MIB);
    ChunkList wrong = Optional.ofNullable(site.lists.get(Digest.of(other))).orElseThrow();
    site.lists.put(Digest.of(content), wrong);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, holder(content));

    assertThat(device.open(Digest.of(content), content.length, 0)).isEmpty();
  }

  @Test
  void aListThatIsStillBeingMadeIsWaitedForButNotForEver() {
    byte[] content = site.release(15, 2 * MIB);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, holder(content));
    site.refusing = Optional.of(Site.later());

    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> device.open(Digest.of(content), content.length, 0))
          .isInstanceOfSatisfying(
              Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.RATE_LIMITED));
    }
    assertThat(open(device, content)).isEmpty();
    site.refusing = Optional.of(Refusal.of(Code.UNREACHABLE, "away"));
    assertThat(open(device, content)).isEmpty();
  }

  private static Optional<BlobSource.Stream> open(Peers device, byte[] content) {
    try {
      return device.open(Digest.of(content), content.length, 0);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void busyNeighboursAreWaitedFor() throws Exception {
    byte[] content = site.release(16, 2 * MIB);
    CountDownLatch free = new CountDownLatch(1);
    MemoryShelf shelf = new MemoryShelf();
    shelf.put(content);
    shelf.opening = bytes -> new Slow(bytes, 0, free);
    Limits one = uploads(1);
    Peers busy = site.device(shelf, one, DataSize.mib(1024), Network.NEAR);
    Peers first = site.device(new MemoryShelf(), Site.PATIENT, DataSize.mib(1), Network.NEAR);
    Peers second = site.device(new MemoryShelf());
    Site.introduce(first, busy);
    Site.introduce(second, busy);
    BlobSource.Stream holding = first.open(Digest.of(content), content.length, 0).orElseThrow();
    assertThat(slow.take().begun.await(5, TimeUnit.SECONDS)).isTrue();
    shelf.opening = ByteArrayInputStream::new;

    BlobSource.Stream waiting = second.open(Digest.of(content), content.length, 0).orElseThrow();
    assertThat(waiting.read(new byte[1], Duration.ofMillis(500))).isZero();
    free.countDown();

    assertThat(Site.read(waiting)).isEqualTo(content);
    assertThat(Site.read(holding)).isEqualTo(content);
    assertThat(second.counts().neighbours()).allSatisfy(n -> assertThat(n.bad()).isZero());
  }

  private static Limits uploads(int uploads) {
    Limits l = Site.PATIENT;
    return new Limits(
        l.connections(),
        l.connectionsOfOne(),
        uploads,
        l.head(),
        l.stall(),
        l.connect(),
        l.answer(),
        l.chunk(),
        l.asking(),
        l.busy());
  }

  @Test
  void aClosedStreamLetsItsConnectionsGoAndBlamesNobody() throws Exception {
    byte[] content = site.release(17, 2 * MIB);
    CountDownLatch never = new CountDownLatch(1);
    MemoryShelf shelf = new MemoryShelf();
    shelf.put(content);
    shelf.opening = bytes -> new Slow(bytes, 0, never);
    Peers device = site.device(new MemoryShelf(), Site.PATIENT, DataSize.mib(1), Network.NEAR);
    Site.introduce(device, site.device(shelf));
    BlobSource.Stream stream = device.open(Digest.of(content), content.length, 0).orElseThrow();
    assertThat(slow.take().begun.await(5, TimeUnit.SECONDS)).isTrue();

    long began = System.nanoTime();
    stream.close();

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(500));
    never.countDown();
    assertThat(device.counts().neighbours()).allSatisfy(n -> assertThat(n.bad()).isZero());
  }

  @Test
  void aPlanLearnsWhatNeighboursHave() throws Exception {
    byte[] here = site.release(18, 10);
    byte[] there = site.release(19, 20);
    byte[] nowhere = site.release(20, 30);
    Peers device = site.device(new MemoryShelf());
    Site.introduce(device, holder(here), holder(there));

    assertThat(device.held(List.of(Digest.of(here), Digest.of(there), Digest.of(nowhere))))
        .containsExactlyInAnyOrder(Digest.of(here), Digest.of(there));
    List<Digest> many = new ArrayList<>();
    for (int i = 0; i < 40; i++) many.add(Digest.of(new byte[] {(byte) i}));
    many.add(Digest.of(here));
    assertThat(device.held(many)).isEqualTo(Set.of(Digest.of(here)));
    assertThat(device.held(List.of())).isEmpty();
  }

  @Test
  void aDeviceThatGivesNothingStillTakes() throws Exception {
    byte[] content = site.release(21, MIB);
    Peers taker = site.device(new MemoryShelf(), Site.PATIENT, new DataSize(0), Network.NEAR);
    Site.introduce(taker, holder(content));

    assertThat(taker.port()).isZero();
    assertThat(fetch(taker, content)).isEqualTo(content);
  }

  @Test
  void aPortThatIsTakenIsSaidAndDoesNotStopTheDevice() throws Exception {
    byte[] content = site.release(22, MIB);
    Peers first = holder(content);
    var taken =
        new Peering(
            true,
            first.port(),
            Optional.of(Site.LOOPBACK),
            Peering.Discovery.LIST,
            List.of(new PeerAddress("127.0.0.1", first.port())),
            DataSize.mib(1),
            Network.NEAR);
    Peers second = site.device(taken, new MemoryShelf(), Site.PATIENT);

    assertThat(site.logged).singleElement().asString().startsWith("peers-not-served");
    await(() -> !second.counts().neighbours().isEmpty());
    assertThat(fetch(second, content)).isEqualTo(content);
  }

  @Test
  void whoIsFarAwayIsNotAskedEvenWhenListed() {
    var only =
        Site.peering(
            DataSize.mib(1),
            List.of(Network.parse("127.0.0.2/32")),
            Peering.Discovery.LIST,
            List.of(new PeerAddress("127.0.0.1", 9), new PeerAddress("127.0.0.2", 9)));
    Peers device = site.device(only, new MemoryShelf(), Site.PATIENT);

    // In the order of the list: when the second is known, the first was passed over.
    await(() -> !device.counts().neighbours().isEmpty());
    assertThat(device.counts().neighbours())
        .extracting(n -> n.address().getHostString())
        .containsExactly("127.0.0.2");
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError("it did not come to pass");
      Thread.onSpinWait();
    }
  }

  /** Gives so much, and then waits. */
  private final class Slow extends FilterInputStream {
    private final CountDownLatch until;
    private final CountDownLatch begun = new CountDownLatch(1);
    private int left;

    Slow(byte[] bytes, int first, CountDownLatch until) {
      super(new ByteArrayInputStream(bytes));
      this.left = first;
      this.until = until;
      slow.add(this);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left <= 0) {
        begun.countDown();
        try {
          until.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      int n = super.read(into, offset, length);
      left -= n;
      return n;
    }
  }

  /** Gives so much, and then something happens and it breaks. */
  private static final class Ending extends FilterInputStream {
    private final Runnable happens;
    private int left;

    Ending(byte[] bytes, int first, Runnable happens) {
      super(new ByteArrayInputStream(bytes));
      this.left = first;
      this.happens = happens;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left <= 0) {
        happens.run();
        throw new IOException("gone");
      }
      int n = super.read(into, offset, length);
      left -= n;
      return n;
    }
  }
}

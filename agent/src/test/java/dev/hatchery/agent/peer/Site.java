package dev.hatchery.agent.peer;

import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.ChunkList;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Devices on loopback, and a server that knows pieces. */
final class Site implements AutoCloseable, ChunkSource {
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** A machine under load is no bad neighbour. */
  static final Limits PATIENT = limits(Duration.ofSeconds(10));

  /** Gives silent neighbours up after a second. */
  static final Limits HASTY = limits(Duration.ofSeconds(1));

  private static Limits limits(Duration answer) {
    return new Limits(
        48,
        32,
        4,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        answer,
        Duration.ofSeconds(20),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20));
  }

  final AtomicLong jumped = new AtomicLong();
  final List<String> logged = new CopyOnWriteArrayList<>();
  final List<Digest> asked = new CopyOnWriteArrayList<>();
  final Map<Digest, ChunkList> lists = new HashMap<>();
  Optional<Refusal> refusing = Optional.empty();
  private final List<Peers> open = new ArrayList<>();

  /** Real time, and what a test adds to it. */
  long nanos() {
    return System.nanoTime() + jumped.get();
  }

  void pass(Duration time) {
    jumped.addAndGet(time.toNanos());
  }

  /** A device that serves at full speed and finds nobody by itself. */
  Peers device(MemoryShelf shelf) {
    return device(shelf, PATIENT, DataSize.mib(1024), Network.NEAR);
  }

  Peers device(MemoryShelf shelf, Limits limits, DataSize upload, List<Network> allow) {
    return device(peering(upload, allow, Peering.Discovery.OFF, List.of()), shelf, limits);
  }

  Peers device(Peering peering, MemoryShelf shelf, Limits limits) {
    var self = new Peers.Self(new DeviceId("device-" + open.size()), "oslo");
    Peers peers =
        Peers.open(
            peering,
            self,
            new Peers.Means(shelf, this, this::nanos, new Random(open.size()), this::log),
            limits);
    open.add(peers);
    return peers;
  }

  static Peering peering(
      DataSize upload, List<Network> allow, Peering.Discovery discovery, List<PeerAddress> list) {
    return new Peering(true, 0, Optional.of(LOOPBACK), discovery, list, upload, allow);
  }

  private void log(String event, Object... pairs) {
    logged.add(event + " " + Arrays.toString(pairs));
  }

  static InetSocketAddress address(Peers peers) {
    return new InetSocketAddress(LOOPBACK, peers.port());
  }

  /** Has one device know others. */
  static void introduce(Peers device, Peers... others) {
    for (Peers other : others) device.sighted(address(other), "");
  }

  /** Content of so many bytes, of which the server can tell the pieces. */
  byte[] release(int seed, int size) {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    List<Digest> digests = new ArrayList<>();
    for (int from = 0; from < size; from += ChunkList.CHUNK) {
      int to = Math.min(size, from + ChunkList.CHUNK);
      digests.add(Digest.of(Arrays.copyOfRange(content, from, to)));
    }
    Digest blob = Digest.of(content);
    lists.put(blob, new ChunkList(blob, size, ChunkList.CHUNK, digests));
    return content;
  }

  @Override
  public Optional<ChunkList> chunks(Digest blob) {
    asked.add(blob);
    if (refusing.isPresent()) throw refusing.get();
    return Optional.ofNullable(lists.get(blob));
  }

  static Refusal later() {
    return Refusal.of(Code.RATE_LIMITED, "not yet");
  }

  /** All that comes. */
  static byte[] read(BlobSource.Stream stream) throws InterruptedException {
    var all = new ByteArrayOutputStream();
    byte[] buffer = new byte[60_000];
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    try (stream) {
      while (System.nanoTime() < deadline) {
        int n = stream.read(buffer, Duration.ofMillis(200));
        if (n < 0) return all.toByteArray();
        all.write(buffer, 0, n);
      }
    }
    throw new AssertionError("no end after " + all.size() + " bytes");
  }

  @Override
  public void close() {
    open.forEach(Peers::close);
  }
}

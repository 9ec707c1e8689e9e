package dev.hatchery.agent.peer;

import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.agent.store.PeerSource;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.ChunkList;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** This device among its neighbours. Safe for many threads. */
public final class Peers implements PeerSource, AutoCloseable {
  /** So many that hold a file are enough. */
  private static final int ENOUGH = 4;

  /** How often the server may still be making a list before the neighbours are done without. */
  private static final int MAX_POSTPONED = 5;

  private static final int MAX_REMEMBERED = 8;

  private final ChunkSource chunks;
  private final Meeting meeting;
  private final Asking asking;
  private final Optional<PeerServer> server;
  private final Optional<Finding> finding;
  // Guarded by itself; what was asked for longest ago goes first.
  private final Map<Digest, ChunkList> lists = new LinkedHashMap<>();
  private final Map<Digest, Integer> postponed = new LinkedHashMap<>();

  /**
   * Who this device is to others.
   *
   * @param site its label {@code site}; empty when it has none
   */
  public record Self(DeviceId device, String site) {}

  /**
   * What it lives by.
   *
   * @param chunks whom to ask what pieces hash to
   * @param nanos the monotonic clock
   */
  public record Means(
      Shelf shelf, ChunkSource chunks, LongSupplier nanos, RandomGenerator random, PeerLog log) {}

  private Peers(Peering peering, Self self, Means means, Limits limits) {
    Counts counts = new Counts();
    this.chunks = means.chunks;
    this.meeting =
        new Meeting(
            new Neighbours(means.nanos, means.random),
            limits,
            counts,
            means.nanos,
            means.random,
            Thread::sleep,
            means.log);
    this.asking = new Asking(meeting.neighbours(), limits, means.nanos);
    this.server = serve(peering, means, limits, counts);
    this.finding =
        peering.discovery() == Peering.Discovery.OFF
            ? Optional.empty()
            : Optional.of(
                Finding.start(peering, self, server.map(PeerServer::port).orElse(0), meeting));
  }

  /** Begins to serve and to look for neighbours. What cannot be served is logged. */
  public static Peers open(Peering peering, Self self, Means means) {
    return open(peering, self, means, Limits.USUAL);
  }

  static Peers open(Peering peering, Self self, Means means, Limits limits) {
    return new Peers(peering, self, means, limits);
  }

  private static Optional<PeerServer> serve(
      Peering peering, Means means, Limits limits, Counts counts) {
    if (!peering.serves()) return Optional.empty();
    Answering answering =
        new Answering(
            new Catalogue(means.shelf, means.nanos),
            new UploadRate(peering.upload(), means.nanos),
            limits.uploads(),
            Thread::sleep,
            counts.served::add);
    try {
      return Optional.of(PeerServer.start(peering, limits, answering, means.nanos));
    } catch (Refusal refusal) {
      // Not worth the agent's life: the device fetches as if it had no neighbours to give to.
      means.log.line("peers-not-served", "detail", refusal.problem().line());
      return Optional.empty();
    }
  }

  /** Where it serves; 0 when it does not. */
  public int port() {
    return server.map(PeerServer::port).orElse(0);
  }

  @Override
  public Optional<BlobSource.Stream> open(Digest blob, long size, long from)
      throws InterruptedException {
    if (from < 0 || from >= size) return Optional.empty();
    Collection<InetSocketAddress> holding = holding(blob, size);
    if (holding.isEmpty()) return Optional.empty();
    Optional<ChunkList> list = list(blob, size);
    if (list.isEmpty()) return Optional.empty();
    Pieces pieces = new Pieces(list.get(), holding, () -> holding(blob, size), meeting);
    return Optional.of(PeerStream.begin(pieces, from));
  }

  private Collection<InetSocketAddress> holding(Digest blob, long size)
      throws InterruptedException {
    Digest name = Veil.name(blob);
    return asking.all(connection -> requireSize(connection.size(name), size), ENOUGH).keySet();
  }

  private static long requireSize(long told, long size) throws PeerFailure {
    if (told == size) return told;
    throw Reply.broken("a blob of another size");
  }

  @Override
  public Set<Digest> held(Collection<Digest> blobs) throws InterruptedException {
    Map<Digest, Digest> byName = new HashMap<>();
    for (Digest blob : blobs) byName.put(Veil.name(blob), blob);
    List<Digest> names = List.copyOf(byName.keySet());
    Set<Digest> held = new HashSet<>();
    for (int at = 0; at < names.size(); at += Request.MAX_NAMES) {
      List<Digest> some = names.subList(at, Math.min(names.size(), at + Request.MAX_NAMES));
      for (List<Digest> answer :
          asking.all(connection -> connection.have(some), Integer.MAX_VALUE).values()) {
        for (Digest name : answer) {
          Digest blob = byName.get(name);
          if (blob != null) held.add(blob);
        }
      }
    }
    return held;
  }

  // A file of one piece needs no list: its digest is the piece's. Without a list for a larger one
  // its first lie would cost the whole file, and nobody could say whose it was.
  private Optional<ChunkList> list(Digest blob, long size) throws InterruptedException {
    if (size <= ChunkList.CHUNK) return Optional.of(ChunkList.whole(blob, size));
    synchronized (lists) {
      ChunkList known = lists.get(blob);
      if (known != null) return Optional.of(known).filter(l -> l.size() == size);
    }
    Optional<ChunkList> told = ask(blob).filter(l -> l.blob().equals(blob) && l.size() == size);
    synchronized (lists) {
      told.ifPresent(list -> remember(lists, blob, list));
    }
    return told;
  }

  private Optional<ChunkList> ask(Digest blob) throws InterruptedException {
    try {
      return chunks.chunks(blob);
    } catch (Refusal refusal) {
      if (refusal.code() == Code.RATE_LIMITED && mayPostpone(blob)) throw refusal;
      return Optional.empty();
    }
  }

  private boolean mayPostpone(Digest blob) {
    synchronized (postponed) {
      int times = postponed.merge(blob, 1, Integer::sum);
      remember(postponed, blob, times);
      return times <= MAX_POSTPONED;
    }
  }

  private static <V> void remember(Map<Digest, V> map, Digest key, V value) {
    map.remove(key);
    map.put(key, value);
    while (map.size() > MAX_REMEMBERED) map.remove(map.keySet().iterator().next());
  }

  public PeerCounts counts() {
    Counts counts = meeting.counts();
    return new PeerCounts(
        counts.fetched.sum(),
        counts.wasted.sum(),
        counts.served.sum(),
        new ArrayList<>(meeting.neighbours().all()));
  }

  /** As if an announcement had been heard. */
  void sighted(InetSocketAddress address, String device) {
    meeting.neighbours().sighted(address, device);
  }

  /** No longer serves or looks, at once; what is being fetched ends with its streams. */
  @Override
  public void close() {
    finding.ifPresent(Finding::close);
    server.ifPresent(PeerServer::close);
  }
}

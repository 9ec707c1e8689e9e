package dev.hatchery.agent.peer;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.ChunkList;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fetches a blob's pieces from those who hold it, one after the other and each from the next holder
 * in turn. A piece that is not what the list says is fetched elsewhere, and who sent it is left
 * alone. When all holders are busy it waits, asking now and then who else holds the blob by now.
 */
final class Pieces implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(150);
  private static final int ASK_AGAIN = 10;

  private final ChunkList list;
  private final Digest name;
  private final Holders holders;
  private final Meeting meeting;
  private final List<InetSocketAddress> holding = new ArrayList<>();
  private final Map<InetSocketAddress, PeerConnection> connections = new HashMap<>();
  private int turn;

  /** Who holds the blob. */
  interface Holders {
    Collection<InetSocketAddress> ask() throws InterruptedException;
  }

  Pieces(ChunkList list, Collection<InetSocketAddress> holding, Holders holders, Meeting meeting) {
    this.list = list;
    this.name = Veil.name(list.blob());
    this.holding.addAll(holding);
    this.holders = holders;
    this.meeting = meeting;
  }

  int count() {
    return list.digests().size();
  }

  int indexOf(long offset) {
    return (int) (offset / list.chunk());
  }

  long start(int index) {
    return list.start(index);
  }

  /**
   * One piece, and it is what the list says.
   *
   * @throws Refusal PEER when nobody brings it
   */
  byte[] fetch(int index) throws InterruptedException {
    long began = meeting.nanos().getAsLong();
    boolean askedAgain = false;
    for (int round = 1; ; round++) {
      // A copy: who fails leaves the list.
      for (InetSocketAddress holder : inTurn()) {
        byte[] piece = new byte[list.length(index)];
        if (from(holder, index, piece)) return piece;
      }
      if (holding.isEmpty() && askedAgain) throw nobody("nobody who holds it");
      if (meeting.nanos().getAsLong() - began > meeting.limits().busy().toNanos()) {
        throw nobody("all who hold it are busy");
      }
      if (holding.isEmpty() || round % ASK_AGAIN == 0) {
        askedAgain |= holding.isEmpty();
        holding.clear();
        holding.addAll(holders.ask());
      } else {
        meeting.sleeper().sleep(PAUSE.plusMillis(meeting.random().nextLong(PAUSE.toMillis())));
      }
    }
  }

  private List<InetSocketAddress> inTurn() {
    List<InetSocketAddress> order = new ArrayList<>();
    for (int i = 0; i < holding.size(); i++) {
      order.add(holding.get((turn + i) % holding.size()));
    }
    turn = (turn + 1) % Math.max(1, holding.size());
    return order;
  }

  private boolean from(InetSocketAddress holder, int index, byte[] piece)
      throws InterruptedException {
    try {
      fetch(holder, index, piece);
      Veil.turn(Veil.at(list.blob(), list.start(index)), piece, piece.length);
      if (!Digest.of(piece).equals(list.digests().get(index))) {
        meeting.counts().wasted.add(piece.length);
        throw new PeerFailure(Fault.LIED, "a piece is not what it should be");
      }
      meeting.counts().fetched.add(piece.length);
      meeting.neighbours().good(holder);
      return true;
    } catch (PeerFailure failure) {
      // Our own end of it is nobody's fault.
      if (Thread.interrupted()) throw new InterruptedException();
      blame(holder, failure);
      return false;
    }
  }

  private void blame(InetSocketAddress holder, PeerFailure failure) {
    if (failure.fault() == Fault.BUSY) return;
    holding.remove(holder);
    disconnect(holder);
    if (meeting.neighbours().failed(holder, failure.fault())) {
      meeting
          .log()
          .line(
              "peer-aside",
              "peer",
              holder,
              "fault",
              failure.fault(),
              "blob",
              list.blob(),
              "detail",
              String.valueOf(failure.getMessage()));
    }
  }

  private void fetch(InetSocketAddress holder, int index, byte[] piece) throws PeerFailure {
    PeerConnection connection = connection(holder);
    boolean old = connection.used();
    try {
      connection.piece(name, list.start(index), piece, list.size());
    } catch (PeerFailure failure) {
      if (failure.fault() != Fault.AWAY || !old || Thread.currentThread().isInterrupted()) {
        throw failure;
      }
      // A connection that was idle for too long is let go by the other side.
      connection(holder).piece(name, list.start(index), piece, list.size());
    }
  }

  private PeerConnection connection(InetSocketAddress holder) throws PeerFailure {
    PeerConnection known = connections.get(holder);
    if (known != null && known.usable()) return known;
    disconnect(holder);
    PeerConnection opened = PeerConnection.open(holder, meeting.limits(), meeting.nanos());
    connections.put(holder, opened);
    return opened;
  }

  private void disconnect(InetSocketAddress holder) {
    PeerConnection known = connections.remove(holder);
    if (known != null) known.close();
  }

  private Refusal nobody(String why) {
    return Refusal.of(Code.PEER, "no neighbour brings this file any more")
        .at(list.blob().toString())
        .got(why);
  }

  @Override
  public void close() {
    connections.values().forEach(PeerConnection::close);
  }
}

package dev.hatchery.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.wire.ChunkList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a device gives to those who ask in whichever way. */
final class PeerServerTest {
  private static final int MIB = ChunkList.CHUNK;
  private final Site site = new Site();
  private final MemoryShelf shelf = new MemoryShelf();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) socket.close();
    site.close();
  }

  private Socket connect(Peers peers) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.connect(Site.address(peers), 1000);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String blob(Digest digest) {
    return "/blobs/" + Veil.name(digest).hex() + " HTTP/1.1\r\n";
  }

  /** Until the other side closes. */
  private static byte[] all(Socket socket) throws IOException {
    return socket.getInputStream().readAllBytes();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] body(byte[] answer) {
    int end = text(answer).indexOf("\r\n\r\n") + 4;
    return Arrays.copyOfRange(answer, end, answer.length);
  }

  private static byte[] unveiled(Digest digest, long from, byte[] bytes) {
    Veil.turn(Veil.at(digest, from), bytes, bytes.length);
    return bytes;
  }

  @Test
  void aBlobIsGivenByTheNameThatItsDigestMakesAndUnderItsVeil() throws Exception {
    byte[] content = site.release(1, 100_000);
    Digest digest = shelf.put(content);
    Peers peers = site.device(shelf);

    Socket whole = connect(peers);
    send(whole, "GET " + blob(digest) + "Connection: close\r\n\r\n");
    byte[] answer = all(whole);
    assertThat(text(answer)).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: 100000");
    assertThat(body(answer)).isNotEqualTo(content);
    assertThat(unveiled(digest, 0, body(answer))).isEqualTo(content);

    Socket part = connect(peers);
    send(part, "GET " + blob(digest) + "Range: bytes=7-70006\r\nConnection: close\r\n\r\n");
    answer = all(part);
    assertThat(text(answer))
        .startsWith("HTTP/1.1 206 ")
        .contains("Content-Range: bytes 7-70006/100000");
    assertThat(unveiled(digest, 7, body(answer))).isEqualTo(Arrays.copyOfRange(content, 7, 70_007));
    assertThat(peers.counts().served()).isEqualTo(170_000);
  }

  @Test
  void whoKnowsOnlyTheDigestsNameOrNothingAtAllIsToldNothing() throws Exception {
    byte[] content = site.release(2, 1000);
    Digest digest = shelf.put(content);
    Peers peers = site.device(shelf);
    Socket socket = connect(peers);

    send(socket, "GET /blobs/" + digest.hex() + " HTTP/1.1\r\nConnection: close\r\n\r\n");

    assertThat(text(all(socket))).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void manyRequestsMayFollowEachOtherOnOneConnection() throws Exception {
    Digest digest = shelf.put(new byte[] {1, 2, 3});
    Socket socket = connect(site.device(shelf));

    for (int i = 0; i < 20; i++) send(socket, "HEAD " + blob(digest) + "\r\n");
    send(socket, "GET /have?n=" + Veil.name(digest).hex() + " HTTP/1.1\r\n\r\n");
    send(socket, "GET " + blob(digest) + "Range: bytes=3-\r\n\r\n");

    String answers = text(all(socket));
    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(22);
    assertThat(answers).contains("\r\n\r\n" + Veil.name(digest).hex() + "\n").contains(" 416 ");
  }

  @Test
  void whatComesAfterTheStartIsFoundToo() throws Exception {
    Peers peers = site.device(shelf);
    Digest absent = Digest.of(new byte[] {1});
    Socket first = connect(peers);
    send(first, "HEAD " + blob(absent) + "Connection: close\r\n\r\n");
    assertThat(text(all(first))).startsWith("HTTP/1.1 404 ");

    shelf.put(new byte[] {1});
    site.pass(Duration.ofSeconds(1));

    Socket second = connect(peers);
    send(second, "HEAD " + blob(absent) + "Connection: close\r\n\r\n");
    assertThat(text(all(second))).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void nonsenseIsAnsweredOnceAndTheConnectionEnds() throws Exception {
    Peers peers = site.device(shelf);
    Socket socket = connect(peers);
    send(socket, "GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    assertThat(text(all(socket)).split("HTTP/1.1 400", -1)).hasSize(2);

    Socket large = connect(peers);
    send(large, "GET /" + "a".repeat(Request.MAX_HEAD));
    assertThat(text(all(large))).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void whoIsNotNearIsNotTalkedTo() throws Exception {
    Peers peers =
        site.device(shelf, Site.PATIENT, DataSize.mib(1), List.of(Network.parse("10.0.0.0/8")));
    Socket socket = connect(peers);

    assertThat(closed(socket)).isTrue();
  }

  private static boolean closed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void oneAddressHasOnlySoManyConnections() throws Exception {
    Limits l = Site.PATIENT;
    Limits three =
        new Limits(
            8,
            3,
            l.uploads(),
            Duration.ofSeconds(60),
            l.stall(),
            l.connect(),
            l.answer(),
            l.chunk(),
            l.asking(),
            l.busy());
    Digest digest = shelf.put(new byte[] {1});
    Peers peers = site.device(shelf, three, DataSize.mib(1), Network.NEAR);
    for (int i = 0; i < 3; i++) {
      Socket held = connect(peers);
      send(held, "HEAD " + blob(digest) + "\r\n");
      assertThat(held.getInputStream().read()).isEqualTo('H');
    }

    assertThat(closed(connect(peers))).isTrue();
  }

  @Test
  void whoSendsHalfAHeadIsLetGo() throws Exception {
    Limits l = Site.PATIENT;
    Limits quick =
        new Limits(
            8,
            8,
            4,
            Duration.ofMillis(300),
            l.stall(),
            l.connect(),
            l.answer(),
            l.chunk(),
            l.asking(),
            l.busy());
    Peers peers = site.device(shelf, quick, DataSize.mib(1), Network.NEAR);
    Socket half = connect(peers);
    send(half, "GET /blobs/");
    Socket silent = connect(peers);

    assertThat(closed(half)).isTrue();
    assertThat(closed(silent)).isTrue();
  }

  @Test
  void whoDoesNotTakeWhatItAskedForIsLetGoAndItsPlaceIsFree() throws Exception {
    Limits l = Site.PATIENT;
    Limits quick =
        new Limits(
            8,
            8,
            1,
            l.head(),
            Duration.ofMillis(300),
            l.connect(),
            l.answer(),
            l.chunk(),
            l.asking(),
            l.busy());
    byte[] content = site.release(3, 64 * MIB);
    Digest digest = shelf.put(content);
    Peers peers = site.device(shelf, quick, DataSize.mib(4096), Network.NEAR);
    Socket stalling = connect(peers);
    send(stalling, "GET " + blob(digest) + "\r\n");
    assertThat(stalling.getInputStream().read()).isEqualTo('H');

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    String answer = "";
    while (!answer.startsWith("HTTP/1.1 206")) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Socket next = connect(peers);
      send(next, "GET " + blob(digest) + "Range: bytes=0-9\r\nConnection: close\r\n\r\n");
      answer = text(all(next));
      if (answer.startsWith("HTTP/1.1 503")) assertThat(answer).contains("Retry-After: 1\r\n");
    }
  }

  @Test
  void allUploadsTogetherKeepToTheRate() throws Exception {
    byte[] content = site.release(4, MIB);
    Digest digest = shelf.put(content);
    Peers peers = site.device(shelf, Site.PATIENT, DataSize.mib(1), Network.NEAR);
    long began = System.nanoTime();
    List<Thread> taking = new ArrayList<>();
    var taken = new ByteArrayOutputStream();
    for (int i = 0; i < 2; i++) {
      Socket socket = connect(peers);
      send(socket, "GET " + blob(digest) + "Connection: close\r\n\r\n");
      taking.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  byte[] body = body(all(socket));
                  synchronized (taken) {
                    taken.writeBytes(body);
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (Thread one : taking) one.join();

    // Two MiB, of which half a second's come at once.
    assertThat(taken.size()).isEqualTo(2 * MIB);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1400));
  }

  @Test
  void aDeviceThatEndsLetsEverybodyGo() throws Exception {
    Digest digest = shelf.put(new byte[] {1});
    Peers peers = site.device(shelf);
    Socket socket = connect(peers);
    send(socket, "HEAD " + blob(digest) + "\r\n");
    assertThat(socket.getInputStream().read()).isEqualTo('H');

    peers.close();

    socket.getInputStream().readAllBytes();
    // What the kernel still takes for it is let go too.
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (answers(peers)) assertThat(System.nanoTime()).isLessThan(deadline);
  }

  private boolean answers(Peers peers) {
    try {
      assertThat(closed(connect(peers))).isTrue();
      return true;
    } catch (IOException refused) {
      return false;
    }
  }
}

package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Report;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server process, killed while devices report as fast as they can. */
final class KillTest {
  private static final int ROUNDS = 3;
  private static final int DEVICES = 4;
  private static final int REPORTS_A_ROUND = 150;

  @TempDir private Path folder;

  @Test
  void noReportThatWasAcknowledgedIsLostAndNoneCountsTwice() throws Exception {
    List<Talker> talkers = new ArrayList<>();
    Secret token;
    try (var server = ServerProcess.start(folder)) {
      token = server.token();
      join(server, talkers);
      talk(server, talkers);
    }
    for (int round = 1; round < ROUNDS; round++) {
      try (var server = ServerProcess.start(folder)) {
        for (Talker talker : talkers) talker.requireKept(server.address());
        talk(server, talkers);
      }
    }
    try (var server = ServerProcess.start(folder);
        var operator = new OperatorClient(server.address(), token, Optional.empty())) {
      for (Talker talker : talkers) {
        talker.requireKept(server.address());
        talker.sendLeftOver();
      }
      // A lost report would leave a gap; one taken twice, a second hash for one number.
      assertThat(operator.audit(0).stream().map(AuditView::action))
          .doesNotContain("device.gap", "device.equivocation");
      assertThat(talkers).allSatisfy(t -> assertThat(t.acknowledged.get()).isPositive());
    }
  }

  private static void join(ServerProcess server, List<Talker> talkers) {
    var keys = new OfflineKeys();
    try (var operator = new OperatorClient(server.address(), server.token(), Optional.empty())) {
      operator.putTrust(keys.trust(1, operator.director().key(), keys.root));
      Secret enrolment =
          operator
              .enrolmentToken(new EnrolmentTokenRequest(DEVICES, Duration.ofHours(1)))
              .file()
              .token();
      for (int i = 0; i < DEVICES; i++) {
        var device =
            new Device(
                "edge-" + i,
                Map.of(),
                Map.of(Fleet.SLOT, Fleet.CHANNEL),
                server.address(),
                new ShiftedClock());
        assertThat(device.enrol(enrolment).statusCode()).isEqualTo(200);
        talkers.add(new Talker(device));
      }
    }
  }

  // All talk at once; in the middle of it the server is gone.
  private static void talk(ServerProcess server, List<Talker> talkers) throws Exception {
    var enough = new CountDownLatch(REPORTS_A_ROUND);
    List<Thread> threads = new ArrayList<>();
    for (Talker talker : talkers) {
      threads.add(Thread.ofVirtual().start(() -> talker.talk(server.address(), enough)));
    }
    enough.await();
    server.kill();
    for (Thread thread : threads) thread.join();
  }

  /** A device that never forgets a report before it is acknowledged. */
  private static final class Talker {
    private final Device device;
    private final Deque<Report> outbox = new ArrayDeque<>();
    private final AtomicLong acknowledged = new AtomicLong();

    Talker(Device device) {
      this.device = device;
    }

    void talk(URI server, CountDownLatch enough) {
      device.server = server;
      try {
        while (true) {
          outbox.add(device.idle());
          if (send()) enough.countDown();
        }
      } catch (IllegalStateException gone) {
        // The server was killed; what is in the outbox is sent again later.
      }
    }

    // False when the server asks for patience.
    private boolean send() {
      List<Envelope> batch = outbox.stream().limit(8).map(device::sign).toList();
      var answer = device.sendRaw(batch);
      if (answer.statusCode() == 429) return false;
      if (answer.statusCode() != 200) throw new AssertionError(answer.body());
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      long ack = Wire.REPORT_ANSWER.parse(body, DataSize.kib(64), "answer").ackSeq();
      acknowledged.set(ack);
      outbox.removeIf(report -> report.seq() <= ack);
      return true;
    }

    void requireKept(URI server) {
      device.server = server;
      assertThat(device.send().ackSeq()).isGreaterThanOrEqualTo(acknowledged.get());
    }

    void sendLeftOver() {
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!outbox.isEmpty() && System.nanoTime() < deadline) send();
      assertThat(outbox).isEmpty();
    }
  }

  /** The program as it is started in earnest. */
  private static final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final URI address;
    private final Path tokenFile;

    private ServerProcess(Process process, URI address, Path tokenFile) {
      this.process = process;
      this.address = address;
      this.tokenFile = tokenFile;
    }

    static ServerProcess start(Path folder) throws IOException {
      Path tokenFile = folder.resolve("token");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx96m",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  "dev.hatchery.server.Main",
                  "--data",
                  folder.resolve("data").toString(),
                  "--listen",
                  "127.0.0.1:0",
                  "--token-file",
                  tokenFile.toString())
              .redirectError(folder.resolve("log").toFile())
              .start();
      var lines = process.inputReader(StandardCharsets.UTF_8);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("listening ")) {
          return new ServerProcess(process, URI.create(line.substring(10)), tokenFile);
        }
      }
      process.destroyForcibly();
      throw new AssertionError(Files.readString(folder.resolve("log")));
    }

    URI address() {
      return address;
    }

    Secret token() {
      try {
        return new Secret(Files.readString(tokenFile).strip());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    void kill() {
      process.destroyForcibly();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}

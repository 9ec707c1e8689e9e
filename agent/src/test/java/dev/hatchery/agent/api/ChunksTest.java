package dev.hatchery.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.hatchery.agent.http.Connections;
import dev.hatchery.agent.http.Http;
import dev.hatchery.agent.http.WireMeter;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.ChunkList;
import dev.hatchery.wire.TokenAnswer;
import dev.hatchery.wire.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asking the server for the pieces of a blob. */
final class ChunksTest {
  private static final Digest BLOB = Digest.of(new byte[] {1});
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile byte[] answer = {};
  private HttpServer server;
  private Http http;
  private DeviceApi api;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().toString();
          asked.add(path);
          boolean token = path.equals("/device/v1/token");
          byte[] body =
              token
                  ? Wire.TOKEN_ANSWER.bytes(new TokenAnswer(new Secret("t"), Duration.ofMinutes(5)))
                  : answer;
          exchange.sendResponseHeaders(token ? 200 : status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    http =
        Connections.toServer(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            List.of(),
            new WireMeter());
    api =
        new DeviceApi(
            http,
            new Identity(
                new DeviceId("cam-1"), SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256)),
            Instant::now,
            System::nanoTime,
            new Random(1));
  }

  @AfterEach
  void stop() {
    http.close();
    server.stop(0);
  }

  @Test
  void aListIsRead() throws Exception {
    ChunkList list = ChunkList.whole(BLOB, 7);
    answer = Wire.CHUNK_LIST.bytes(list);

    assertThat(api.chunks(BLOB)).contains(list);
    assertThat(asked).last().isEqualTo("/device/v1/chunks?blob=" + BLOB.hex());
  }

  @Test
  void aServerWithoutListsHasNone() throws Exception {
    for (int none : new int[] {404, 413}) {
      status = none;
      assertThat(api.chunks(BLOB)).isEmpty();
    }
  }

  @Test
  void aListInTheMakingAndNonsenseAreRefusals() {
    status = 429;
    assertThatThrownBy(() -> api.chunks(BLOB))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.RATE_LIMITED));
    status = 200;
    answer = "{}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> api.chunks(BLOB)).isInstanceOf(Refusal.class);
  }
}

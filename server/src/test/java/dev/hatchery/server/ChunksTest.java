package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.wire.ChunkList;
import dev.hatchery.wire.Wire;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The route, on a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChunksTest {
  private Fleet fleet;
  private Device device;
  private Order order;

  @BeforeAll
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
    fleet.release("inspection@1.0.0");
    device = fleet.device("edge-1", Map.of("site", "oslo"));
    fleet.operator().startRollout(Fleet.spec("first", "inspection@1.0.0", Fleet.ALL));
    order = Device.order(device.poll(20).orElseThrow());
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  @Test
  void aDeviceLearnsThePiecesOfWhatItMayFetch() {
    HttpResponse<String> answer = device.get("/device/v1/chunks?blob=" + order.manifest().hex());

    assertThat(answer.statusCode()).isEqualTo(200);
    byte[] json = answer.body().getBytes(StandardCharsets.UTF_8);
    assertThat(Wire.CHUNK_LIST.parse(json, ChunkList.MAX_SIZE, "answer"))
        .isEqualTo(ChunkList.whole(order.manifest(), order.manifestSize()));
  }

  @Test
  void whatIsNotTheDevicesDoesNotExistForIt() {
    Digest other = fleet.release("inspection@9.0.0").digest();
    Device stranger = fleet.device("stranger", Map.of(), Map.of());

    for (Digest blob : new Digest[] {other, Digest.of(new byte[] {9})}) {
      assertThat(device.get("/device/v1/chunks?blob=" + blob.hex()).statusCode()).isEqualTo(404);
    }
    assertThat(stranger.get("/device/v1/chunks?blob=" + order.manifest().hex()).statusCode())
        .isEqualTo(404);
  }

  @Test
  void whatIsNoDigestIsRefused() {
    for (String query :
        new String[] {"", "?blob=", "?blob=x", "?blob=sha256:" + order.manifest()}) {
      assertThat(device.get("/device/v1/chunks" + query).statusCode()).isEqualTo(400);
    }
  }
}

package dev.hatchery.agent;

import static dev.hatchery.agent.fixture.FakeServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.fixture.FakeInference;
import dev.hatchery.agent.fixture.FakeServer;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Traffic;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figure: 100 cut connections in one download of 64 MiB cost at most 1.02 of its bytes. */
final class ResumeFigureTest {
  private static final Name SLOT = new Name("vision");
  private static final int SIZE = 64 << 20;
  private static final int CUTS = 100;

  @TempDir Path folder;

  @Test
  void aHundredCutConnectionsCostTwoPercentAtMost() throws Exception {
    Keys keys = new Keys();
    TestBundle large = TestBundle.of("1.0.0", SIZE, keys.release);
    try (FakeServer server = new FakeServer(keys);
        FakeInference inference = new FakeInference(folder.resolve("state/slots/vision"))) {
      server.enrolment(folder.resolve("enrolment.json"));
      server.cutBlobsAfter = SIZE / (CUTS + 1) + 1;
      server.offer(large);
      var log = new ByteArrayOutputStream();
      Agent agent = TestAgent.start(folder, inference, "", log);
      try {
        server.order(Map.of(SLOT, large.order("c1", Order.Trial.DEFAULT)));
        await(() -> server.eventsOf("c1").contains(Event.Kind.FETCHED), "it\n" + log);
      } finally {
        agent.end();
      }
      Traffic told =
          server.events().stream()
              .filter(e -> e.kind() == Event.Kind.FETCHED)
              .findFirst()
              .orElseThrow()
              .traffic();

      assertThat(server.cuts.get()).isGreaterThanOrEqualTo(CUTS);
      double cost = (double) server.blobBytes.get() / large.totalBytes();
      assertThat(cost).isBetween(1.0, 1.02);
      assertThat(told.full()).isBetween(large.totalBytes(), server.blobBytes.get());
      assertThat(told.resumed()).isBetween(SIZE * 98L / 100, (long) SIZE);
    }
  }
}

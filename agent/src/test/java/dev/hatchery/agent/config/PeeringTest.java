package dev.hatchery.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.agent.peer.Network;
import dev.hatchery.agent.peer.PeerAddress;
import dev.hatchery.agent.peer.Peering;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PeeringTest {
  private static final String SLOTS =
      "slots: {vision: {channel: a, service: {url: \"http://127.0.0.1:1\"}}}\n";
  private static final String FULL =
      """
      peers:
        enabled: true
        port: 9000
        bind: 192.168.1.7
        discovery: list
        list: ["gateway.local:8474", "[fd00::7]:8475"]
        upload: 512 KiB
        allow: [192.168.1.0/24, fd00::/8]
      """;

  @TempDir Path folder;

  private Peering read(String text) throws Exception {
    Path file = folder.resolve("agent.yaml");
    Files.writeString(file, text);
    return AgentFile.read(file, "raspberrypi").transfers().peers();
  }

  @Test
  void everythingMayBeSaid() throws Exception {
    assertThat(read(FULL + SLOTS))
        .isEqualTo(
            new Peering(
                true,
                9000,
                Optional.of(InetAddress.ofLiteral("192.168.1.7")),
                Peering.Discovery.LIST,
                List.of(new PeerAddress("gateway.local", 8474), new PeerAddress("fd00::7", 8475)),
                DataSize.kib(512),
                List.of(Network.parse("192.168.1.0/24"), Network.parse("fd00::/8"))));
  }

  @Test
  void aDeviceHasNoNeighboursUnlessItsFileSaysSo() throws Exception {
    assertThat(read(SLOTS).enabled()).isFalse();
    assertThat(read("peers: {}\n" + SLOTS)).isEqualTo(Peering.DEFAULT);
    assertThat(Peering.DEFAULT.enabled()).isTrue();
    assertThat(read("peers: {enabled: false}\n" + SLOTS)).isEqualTo(Peering.OFF);
    assertThat(read("peers: {upload: 0 B}\n" + SLOTS).upload().bytes()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          port: 9000                | port: 70000               | agent.yaml:2 peers
          port: 9000                | port: many                | agent.yaml:3 peers.port
          bind: 192.168.1.7         | bind: gateway.local       | agent.yaml:4 peers.bind
          discovery: list           | discovery: lists          | agent.yaml:5 peers.discovery
          gateway.local:8474        | gateway.local             | agent.yaml:6 peers.list[0]
          [fd00::7]:8475            | fd00::7:8475              | agent.yaml:6 peers.list[1]
          gateway.local:8474        | gateway.local:0           | agent.yaml:6 peers.list[0]
          upload: 512 KiB           | upload: 512 kB            | agent.yaml:7 peers.upload
          upload: 512 KiB           | upload: 1 KiB             | agent.yaml:2 peers
          192.168.1.0/24            | 192.168.1.0               | agent.yaml:8 peers.allow[0]
          192.168.1.0/24            | 192.168.1.0/33            | agent.yaml:8 peers.allow[0]
          192.168.1.0/24            | 192.168.1.999/24          | agent.yaml:8 peers.allow[0]
          enabled: true             | enable: true              | agent.yaml:2 peers.enable
          """)
  void aMistakeIsNamedWithFileLineAndPath(String right, String wrong, String where) {
    assertThatThrownBy(() -> read(FULL.replace(right, wrong) + SLOTS))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.problem().where()).endsWith(where));
  }

  @Test
  void aListThatIsTheOnlyWayMustName() {
    assertThatThrownBy(() -> read("peers: {discovery: list}\n" + SLOTS))
        .hasMessageContaining("there is no list of peers");
  }
}

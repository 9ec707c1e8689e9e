package dev.hatchery.examples.inspection.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One device of the demo: an agent and an inference service with a camera, in a folder of their
 * own.
 *
 * @param port of its inference service, on loopback
 */
record DemoDevice(String id, String site, String network, String power, Path folder, int port) {
  private static final List<String> SITES = List.of("oslo", "bergen", "tromso");
  private static final List<String> NETWORKS = List.of("ethernet", "lte", "satellite");
  private static final List<String> POWERS = List.of("mains", "solar");

  static List<DemoDevice> fleet(int devices, Path folder) throws IOException {
    List<DemoDevice> fleet = new ArrayList<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < devices; i++) {
        // Held until all are known, so that no two devices get one port.
        var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        String id = "cam-%02d".formatted(i + 1);
        fleet.add(
            new DemoDevice(
                id,
                SITES.get(i % SITES.size()),
                NETWORKS.get(i / 2 % NETWORKS.size()),
                POWERS.get(i % POWERS.size()),
                folder.resolve(id),
                socket.getLocalPort()));
      }
    } finally {
      for (ServerSocket socket : held) socket.close();
    }
    return fleet;
  }

  Path state() {
    return folder.resolve("state");
  }

  Path slot() {
    return state().resolve("slots/vision");
  }

  /** Writes agent.yaml and returns where. */
  Path configure(Path enrolment) throws IOException {
    Files.createDirectories(slot());
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        device: %s
        state: %s
        enrolment: %s
        labels: {site: %s, network: %s, power: %s}
        facts:
          runtimes: {onnxruntime: 1.29.0}
        # Short, because the demo is: the defaults are 1s to 300s, and 30m.
        reconnect: {min: 500ms, max: 3s}
        longPoll: 30s
        slots:
          vision:
            channel: stable
            service:
              url: http://127.0.0.1:%d
              reload: {http: /reload}
        """
            .formatted(id, state(), enrolment, site, network, power, port));
    return config;
  }
}

package dev.hatchery.it;

import dev.hatchery.bundle.Bundle;
import dev.hatchery.bundle.BundleSpec;
import dev.hatchery.bundle.Packer;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.bundle.sign.TrustChain;
import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.client.oci.BundlePush;
import dev.hatchery.client.oci.OciClient;
import dev.hatchery.client.oci.Patience;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Role;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Secret;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.BytesRow;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A CI folder, a server process and devices, all real, in one temporary folder. */
final class Rig implements AutoCloseable {
  /** Most stories are about what happens to whole files; patches have theirs. */
  private static final String WHOLE_FILES = "{deltas: off}";

  final Path folder;
  final int port;
  final SigningKey root = SigningKey.generate(Algorithm.ECDSA_P256);
  final SigningKey release = SigningKey.generate(Algorithm.ECDSA_P256);
  final SigningKey policy = SigningKey.generate(Algorithm.ED25519);
  private final List<Device> open = new ArrayList<>();
  private JavaProcess server;
  private final OperatorClient client;
  private final Secret token;

  private Rig(Path folder, int port, JavaProcess server, Secret token) {
    this.folder = folder;
    this.port = port;
    this.server = server;
    this.token = token;
    this.client = new OperatorClient(address(), token, Optional.empty());
  }

  /** A server that already believes this rig's keys. */
  static Rig start(Path folder) throws Exception {
    int port = freePort();
    JavaProcess server = serve(folder, port);
    Path tokenFile = folder.resolve("operator.token");
    String token =
        Await.until(
            "the operator token", () -> Files.readString(tokenFile).strip(), t -> !t.isEmpty());
    Rig rig = new Rig(folder, port, server, new Secret(token));
    Await.until("the server to answer", () -> rig.client.channels(), _ -> true);
    rig.client.putTrust(rig.trust(rig.release));
    return rig;
  }

  private static JavaProcess serve(Path folder, int port) throws IOException {
    return JavaProcess.start(
        folder.resolve("logs/server.log"),
        // As a person starts it: the command has to hand over its options and stay.
        dev.hatchery.cli.Main.class,
        "server",
        "--data",
        folder.resolve("server").toString(),
        "--listen",
        "127.0.0.1:" + port,
        "--token-file",
        folder.resolve("operator.token").toString());
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  OperatorClient client() {
    return client;
  }

  void restartServer() throws Exception {
    server.kill();
    server = serve(folder, port);
    Await.until("the server to answer again", () -> client.channels(), _ -> true);
  }

  String serverLog() throws IOException {
    return server.log();
  }

  /** A trust document, version 1, in which this key may sign releases. */
  Envelope trust(SigningKey releaseKey) {
    TrustedKey director = client.director().key();
    Map<Digest, TrustedKey> keys = new HashMap<>();
    Map<Role, Trust.Keyholders> roles = new HashMap<>();
    Map<Role, TrustedKey> holders =
        Map.of(
            Role.ROOT, root.publicKey(),
            Role.RELEASE, releaseKey.publicKey(),
            Role.POLICY, policy.publicKey(),
            Role.DIRECTOR, director);
    holders.forEach(
        (role, key) -> {
          keys.put(key.id(), key);
          roles.put(role, new Trust.Keyholders(Set.of(key.id()), 1));
        });
    Instant expires = Instant.now().plus(Duration.ofDays(30));
    return TrustChain.sign(new Trust(1, expires, keys, roles), List.of(root));
  }

  /** Packs, signs, pushes and releases a bundle of a model and perhaps its golden samples. */
  Digest publish(String version, byte[] model, Optional<byte[]> golden, SigningKey signer)
      throws IOException {
    Map<String, byte[]> files = new TreeMap<>(Map.of("model.onnx", model));
    golden.ifPresent(bytes -> files.put("golden.json", bytes));
    return publish(version, files, signer);
  }

  /** Packs, signs, pushes and releases a bundle with these files. */
  Digest publish(String version, Map<String, byte[]> files, SigningKey signer) throws IOException {
    Path ci = Files.createDirectories(folder.resolve("ci/" + version));
    StringBuilder list = new StringBuilder();
    for (var file : files.entrySet()) {
      Files.write(ci.resolve(file.getKey()), file.getValue());
      list.append("  - {path: %s, kind: %s}\n".formatted(file.getKey(), kind(file.getKey())));
    }
    Files.writeString(
        ci.resolve("bundle.yaml"),
        "name: inspection\nversion: %s\nreleaseCounter: %d\ntrainingCommit: test\nfiles:\n%s"
            .formatted(version, Integer.parseInt(version.replace(".", "")), list));
    Bundle bundle = Packer.pack(BundleSpec.read(ci.resolve("bundle.yaml")), ci.resolve("bundle"));
    bundle.sign(signer);
    try (var registry =
        new OciClient(address(), Optional.of(token), Optional.empty(), Patience.usual())) {
      BundlePush.push(ci.resolve("bundle"), registry);
    }
    client.createRelease(ReleaseId.parse("inspection@" + version));
    return bundle.digest();
  }

  private static String kind(String file) {
    if (file.endsWith(".onnx")) return "weight";
    return file.equals("golden.json") ? "golden" : "config";
  }

  Path blob(Digest blob) {
    return folder.resolve("server/registry/blobs/sha256/" + blob.hex());
  }

  /** As a disk that rots: the blob is there, under its name, and is another. */
  void flipOneByteOf(Digest blob) throws IOException {
    byte[] bytes = Files.readAllBytes(blob(blob));
    bytes[bytes.length / 2] ^= 1;
    Path other = Files.write(blob(blob).resolveSibling("other"), bytes);
    Files.move(other, blob(blob), StandardCopyOption.REPLACE_EXISTING);
  }

  /** An enrolment file for one device, as the operator would hand it out. */
  EnrolmentFile enrolment() {
    return client.enrolmentToken(new EnrolmentTokenRequest(1, Duration.ofHours(1))).file();
  }

  /** A device whose agent and service run, joined with this enrolment file. */
  Device device(String id, EnrolmentFile enrolment) throws Exception {
    return device(id, enrolment, Device.Setup.USUAL);
  }

  Device device(String id, EnrolmentFile enrolment, Device.Setup setup) throws Exception {
    Device device =
        Device.prepare(folder.resolve("devices/" + id), id, freePort(), enrolment, setup);
    open.add(device);
    device.startRunner();
    device.startAgent();
    return device;
  }

  /** Waits until so many devices have reported. */
  void awaitJoined(int devices) throws InterruptedException {
    Await.until(
        "the first reports of " + devices + " devices",
        Duration.ofMinutes(4),
        () -> client.devices().stream().filter(d -> d.lastSeen().isPresent()).count(),
        n -> n == devices);
  }

  void limits(String yaml) {
    client.setLimits(Wire.LIMITS.read(Yaml.parse(yaml, "limits.yaml")));
  }

  /** What {@code hatchery explain device} says about the slot. */
  String explain(Device device) {
    return String.join(
        "\n",
        client
            .explainDevice(new DeviceId(device.id))
            .slots()
            .getOrDefault(new Name("vision"), List.of()));
  }

  /** What the devices of a site have cost this month, as {@code hatchery bytes} counts. */
  Traffic bytesOf(String site) {
    return client.bytes(Optional.empty(), BytesRow.By.SITE).stream()
        .filter(row -> row.key().equals(site))
        .map(BytesRow::traffic)
        .reduce(Traffic.NONE, Traffic::plus);
  }

  RolloutView rollOut(String version, String stages) {
    return rollOut(version, stages, WHOLE_FILES);
  }

  RolloutView rollOut(String version, String stages, String delivery) {
    return client.startRollout(spec(version, stages, delivery));
  }

  RolloutView await(RolloutView rollout, Predicate<RolloutView> good) throws InterruptedException {
    return Await.until("rollout " + rollout.id(), () -> client.rollout(rollout.id()), good);
  }

  static RolloutSpec spec(String version, String stages) {
    return spec(version, stages, WHOLE_FILES);
  }

  static RolloutSpec spec(String version, String stages, String delivery) {
    String yaml =
        """
        rollout: inspection-%s
        slot: vision
        channel: stable
        release: inspection@%s
        delivery: %s
        stages: %s
        gates:
          - {metric: errors, limit: 5%%}
        timing:
          window: 1s
          heartbeat: 1s
          silence: 60s
          warmUp: 1s
          minRequests: 5
          minReporting: 80%%
          baselineRequests: 5
          baselineAge: 2s
          maxWindow: 120s
          retryAfter: 60s
        trial: {readyWithin: 8s, minHealthy: 1s, maxStarts: 6}
        """
            .formatted(version, version, delivery, stages);
    return Wire.ROLLOUT_SPEC.read(Yaml.parse(yaml, "rollout.yaml"));
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : held) socket.close();
    return ports;
  }

  @Override
  public void close() {
    open.reversed().forEach(Device::close);
    client.close();
    server.close();
  }
}

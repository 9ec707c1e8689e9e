package dev.hatchery.server;

import dev.hatchery.bundle.Bundle;
import dev.hatchery.bundle.BundleSpec;
import dev.hatchery.bundle.ModelCard;
import dev.hatchery.bundle.Packer;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.client.oci.BundlePush;
import dev.hatchery.client.oci.OciClient;
import dev.hatchery.client.oci.Patience;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Secret;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.delta.make.DeltaMaker;
import dev.hatchery.server.deltas.Maker;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import dev.hatchery.wire.api.ReleaseView;
import dev.hatchery.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A real server in a folder, the offline keys, and an operator: what a test of the server needs.
 */
final class Fleet implements AutoCloseable {
  static final Name SLOT = new Name("vision");

  /** One stage. */
  static final String ALL = "[{name: all, percent: 100, soak: 1s}]";

  /** One device first. */
  static final String CANARY_FIRST =
      "[{name: canary, count: 1, soak: 1s}, {name: all, percent: 100, soak: 1s}]";

  static final Maker REAL =
      (base, target, patch) -> DeltaMaker.make(base.orElse(null), target, patch);

  static final Name CHANNEL = new Name("stable");

  // Held here: the JDK forgets a logger's level when nobody holds the logger.
  private static final Logger LOGS = Logger.getLogger("");

  static {
    LOGS.setLevel(Level.SEVERE);
  }

  final Path folder;
  final ShiftedClock clock = new ShiftedClock();
  final OfflineKeys keys = new OfflineKeys();
  final SigningKey root = keys.root;
  final SigningKey release = keys.release;
  final SigningKey policy = keys.policy;
  private final Options options;
  private final Maker maker;
  private Server server;
  private OperatorClient operator;
  private Secret token;

  private Fleet(Path folder, Options options, Maker maker) {
    this.folder = folder;
    this.options = options;
    this.maker = maker;
    this.server = Server.start(options, clock, new SecureRandom(), maker);
    this.token = server.newToken().orElseThrow();
    this.operator = new OperatorClient(server.address(), token, Optional.empty());
  }

  /** A server that has no trust document yet. */
  static Fleet bare(Path folder) {
    return bare(folder, REAL);
  }

  private static Fleet bare(Path folder, Maker maker) {
    return new Fleet(folder, options(folder.resolve("data")), maker);
  }

  /** A server that is ready for devices. */
  static Fleet ready(Path folder) {
    return ready(folder, REAL);
  }

  /** One with a maker of patches that may be at fault. */
  static Fleet ready(Path folder, Maker maker) {
    Fleet fleet = bare(folder, maker);
    fleet.operator.putTrust(fleet.trust(1, fleet.root));
    return fleet;
  }

  /** One that may ask the endpoints of this file. */
  static Fleet asking(Path folder, Path querySources) {
    Options usual = options(folder.resolve("data"));
    Fleet fleet =
        new Fleet(
            folder,
            new Options(
                usual.data(),
                usual.listen(),
                usual.tokenFile(),
                usual.tls(),
                usual.keystore(),
                usual.passphraseFile(),
                usual.publicUrl(),
                usual.idleReport(),
                usual.deltaWait(),
                usual.interlock(),
                Optional.of(querySources),
                usual.resetToken()),
            REAL);
    fleet.operator.putTrust(fleet.trust(1, fleet.root));
    return fleet;
  }

  static Options options(Path data) {
    return new Options(
        data,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(60),
        Options.DELTA_WAIT,
        Options.INTERLOCK,
        false);
  }

  /** Stops the server and starts another on the same folder. */
  void restart() {
    operator.close();
    server.close();
    server = Server.start(options, clock, new SecureRandom(), maker);
    operator = new OperatorClient(server.address(), token, Optional.empty());
  }

  Server server() {
    return server;
  }

  URI address() {
    return server.address();
  }

  OperatorClient operator() {
    return operator;
  }

  Secret token() {
    return token;
  }

  Envelope trust(long version, SigningKey... roots) {
    return trust(version, operator.director().key(), roots);
  }

  Envelope trust(long version, TrustedKey director, SigningKey... roots) {
    return keys.trust(version, director, roots);
  }

  Envelope policy(long version, Map<Name, Long> floor, Set<Digest> revoked) {
    return keys.policy(version, floor, revoked);
  }

  EnrolmentFile enrolmentFile(int uses) {
    return operator.enrolmentToken(new EnrolmentTokenRequest(uses, Duration.ofHours(1))).file();
  }

  Device device(String id, Map<String, String> labels) {
    return device(id, labels, Map.of(SLOT, CHANNEL));
  }

  /** A device that has joined. */
  Device device(String id, Map<String, String> labels, Map<Name, Name> slots) {
    var device = new Device(id, labels, slots, address(), clock);
    device.enrol(enrolmentFile(1).token());
    return device;
  }

  /** A device that has joined and said what it is. */
  Device device(String id, Map<String, String> labels, DeviceFacts facts) {
    var device = new Device(id, labels, Map.of(SLOT, CHANNEL), address(), clock);
    device.facts = facts;
    device.enrol(enrolmentFile(1).token());
    return device;
  }

  /** A release that does not run everywhere. */
  ReleaseView release(String id, Compatibility compatibility) {
    Bundle bundle = pack(id, id, compatibility);
    bundle.sign(release);
    push(bundle);
    return operator.createRelease(ReleaseId.parse(id));
  }

  /** Packs, signs, pushes and releases a small bundle. */
  ReleaseView release(String id) {
    push(id, release);
    return operator.createRelease(ReleaseId.parse(id));
  }

  /** A release whose model is these bytes. */
  ReleaseView release(String id, byte[] model) {
    Bundle bundle = pack(id, model, Compatibility.ANY);
    bundle.sign(release);
    push(bundle);
    return operator.createRelease(ReleaseId.parse(id));
  }

  /** A release of these files, all of them weights. */
  ReleaseView release(String id, Map<String, byte[]> files) {
    Bundle bundle = pack(id, files, Compatibility.ANY);
    bundle.sign(release);
    push(bundle);
    return operator.createRelease(ReleaseId.parse(id));
  }

  Bundle push(String id, SigningKey... signers) {
    Bundle bundle = pack(id, id, Compatibility.ANY);
    for (SigningKey key : signers) bundle.sign(key);
    push(bundle);
    return bundle;
  }

  void push(Bundle bundle) {
    try (var registry =
        new OciClient(address(), Optional.of(token), Optional.empty(), Patience.usual())) {
      BundlePush.push(bundle.folder(), registry);
    }
  }

  Bundle pack(String id, String content, Compatibility compatibility) {
    return pack(id, ("model " + content).getBytes(StandardCharsets.UTF_8), compatibility);
  }

  private Bundle pack(String id, byte[] content, Compatibility compatibility) {
    return pack(id, Map.of(Manifest.MODEL_FILE, content), compatibility);
  }

  /** A release of what lies below the models. */
  ReleaseView firmware(String id) {
    byte[] image = ("firmware " + id).getBytes(StandardCharsets.UTF_8);
    Bundle bundle =
        pack(id, Map.of("rootfs.img", image), Compatibility.ANY, Manifest.Kind.FIRMWARE);
    bundle.sign(release);
    push(bundle);
    return operator.createRelease(ReleaseId.parse(id));
  }

  private Bundle pack(String id, Map<String, byte[]> files, Compatibility compatibility) {
    return pack(id, files, compatibility, Manifest.Kind.MODEL);
  }

  private Bundle pack(
      String id, Map<String, byte[]> files, Compatibility compatibility, Manifest.Kind kind) {
    try {
      Path work = Files.createTempDirectory(folder, "bundle");
      List<BundleSpec.Source> sources = new ArrayList<>();
      for (var file : files.entrySet()) {
        Path from = Files.write(work.resolve("file-" + sources.size()), file.getValue());
        sources.add(new BundleSpec.Source(file.getKey(), from, FileEntry.Kind.WEIGHT));
      }
      ReleaseId release = ReleaseId.parse(id);
      var spec =
          new BundleSpec(
              release,
              kind,
              release.version().minor() * 100L + release.version().patch(),
              "0123456789abcdef",
              "none",
              Map.of(),
              compatibility,
              Optional.empty(),
              sources,
              ModelCard.EMPTY);
      return Packer.pack(spec, work.resolve("bundle"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A spec with short times; gates on errors and p95. */
  static RolloutSpec spec(String name, String release, String stages) {
    return spec(name, release, stages, "");
  }

  /**
   * The same, with more.
   *
   * @param more further lines of the file
   */
  static RolloutSpec spec(String name, String release, String stages, String more) {
    return Wire.ROLLOUT_SPEC.read(
        Yaml.parse(
            """
            rollout: %s
            slot: vision
            channel: stable
            release: %s
            stages: %s
            gates:
              - {metric: errors, limit: 20%%}
              - {metric: latency-p95, limit: 500ms}
            timing:
              window: 1s
              heartbeat: 1s
              silence: 60s
              minRequests: 10
              baselineRequests: 1
              baselineAge: 0s
              warmUp: 0s
              maxWindow: 10m
              retryAfter: 0s
            trial: {readyWithin: 10s, minHealthy: 0s, maxStarts: 3}
            %s
            """
                .formatted(name, release, stages, more),
            "rollout.yaml"));
  }

  @Override
  public void close() {
    operator.close();
    server.close();
  }
}

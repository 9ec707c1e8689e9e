package dev.hatchery.wire;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Event;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.FitRule;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Readings;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Report;
import dev.hatchery.core.Role;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.StackVersion;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.Version;
import dev.hatchery.core.VersionRange;
import dev.hatchery.core.Window;
import dev.hatchery.core.WireCount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One of each document, with every field set, and a way to spoil them. */
final class Samples {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.250Z");
  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final Digest OTHER = Digest.of(new byte[] {2});

  static final Delivery DELIVERY =
      new Delivery(
          Delivery.DeltaUse.REQUIRE,
          false,
          true,
          Optional.of(DataSize.kib(256)),
          Optional.of(NOW),
          Optional.of(NOW.plusSeconds(1)),
          Optional.of(DailyWindow.parse("Mon-Fri 22:00-05:00")),
          Optional.of(DailyWindow.parse("01:00-05:00")));

  private Samples() {}

  static Manifest manifest() {
    return new Manifest(
        Manifest.Kind.ADAPTER,
        ReleaseId.parse("inspection@1.0.0-rc.1"),
        7,
        List.of(
            new FileEntry("model.onnx", 10, DIGEST, FileEntry.Kind.WEIGHT),
            new FileEntry("sbom.cdx.json", 0, DIGEST, FileEntry.Kind.SBOM)),
        "0a1b2c",
        "int8-static",
        Map.of("input", "image"),
        new Compatibility(
            List.of("aarch64"),
            List.of("Raspberry Pi 5 Model B Rev 1.0"),
            List.of("HAILO10H"),
            Map.of("onnxruntime", VersionRange.parse(">=1.20.0 <2.0.0")),
            DataSize.mib(512),
            new Compatibility.Platform(
                List.of("trixie"),
                VersionRange.parse(">=6.12 <7"),
                StackVersion.parse("=hailort"),
                StackVersion.parse(">=5.1"),
                List.of(DataSize.kib(4), DataSize.kib(16)),
                DataSize.mib(4096)),
            true),
        Optional.of(DIGEST),
        "sbom.cdx.json",
        Optional.of("model.onnx"));
  }

  static Order order(Order.Reason reason) {
    return new Order(
        "r-1/1",
        ReleaseId.parse("inspection@1.0.0"),
        DIGEST,
        900,
        List.of(DIGEST),
        reason,
        Order.Trial.DEFAULT,
        Duration.ofSeconds(2),
        Duration.ofMillis(1500),
        DELIVERY,
        FitRule.UnknownFacts.WARN,
        Optional.of("the lens is dirty"));
  }

  static DesiredState desired() {
    Order order = order(Order.Reason.ROLLOUT);
    return new DesiredState(
        new DeviceId("cam-1"),
        1,
        18,
        NOW,
        NOW.plusSeconds(60),
        3,
        Map.of(new Name("vision"), order));
  }

  static Report report() {
    Name slot = new Name("vision");
    SlotStatus status =
        new SlotStatus(
            SlotStatus.State.ROLLED_BACK,
            Optional.of("r-1/1"),
            Optional.of(DIGEST),
            Optional.of(DIGEST),
            Optional.of(OTHER),
            Optional.of(DIGEST),
            SlotStatus.Proof.ECHOED,
            Optional.of(Code.GOLDEN),
            "2 of 8",
            new Traffic(1000, 200, 30, 4),
            Optional.of("audit"));
    Event event =
        new Event(
            slot,
            Event.Kind.ROLLED_BACK,
            NOW,
            "r-1/1",
            Optional.of(DIGEST),
            Optional.of(Code.GOLDEN),
            "x",
            new Traffic(0, 5, 0, 0));
    Window window =
        new Window(
            slot,
            DIGEST,
            4,
            NOW,
            Duration.ofSeconds(2),
            true,
            10,
            9,
            1,
            0,
            new LatencyHistogram(Map.of(40, 8L, 146, 1L)),
            OptionalInt.of(40),
            new Readings(
                Map.of(Metric.CPU, 0.25, new Metric("kpi.rejects"), -3.5),
                Map.of(new Name("class"), new Bins(100, Map.of("scratch", 60L)))));
    DeviceFacts facts =
        new DeviceFacts(
            "Raspberry Pi 5",
            "aarch64",
            "debian 13",
            "6.12",
            DataSize.mib(8062),
            List.of("HAILO10H"),
            Map.of("onnxruntime", Version.parse("1.29.0")),
            "0.1.0",
            new DeviceFacts.Platform(
                Optional.of(Version.parse("5.1.1")),
                Optional.of(Version.parse("5.1.0")),
                DataSize.kib(16),
                DataSize.mib(29_000),
                DataSize.mib(12_000)));
    return new Report(
        new DeviceId("cam-1"),
        "boot",
        9,
        Optional.of(DIGEST),
        NOW,
        18,
        Optional.of(facts),
        Map.of(slot, status),
        List.of(event),
        List.of(window),
        Optional.of(new WireCount(17, 19)));
  }

  static Trust trust() {
    TrustedKey key = new TrustedKey(TrustedKey.Algorithm.ED25519, Bytes.utf8("spki"));
    var holders = new Trust.Keyholders(Set.of(key.id()), 1);
    return new Trust(
        2,
        NOW,
        Map.of(key.id(), key),
        Map.of(
            Role.ROOT,
            holders,
            Role.RELEASE,
            holders,
            Role.POLICY,
            holders,
            Role.DIRECTOR,
            holders));
  }

  static Policy policy() {
    return new Policy(
        3, NOW, NOW.plusSeconds(9), Map.of(new Name("inspection"), 4L), Set.of(DIGEST));
  }

  static Envelope envelope() {
    return new Envelope(
        Envelope.DESIRED,
        Bytes.of(Wire.DESIRED.bytes(desired())),
        List.of(new Envelope.Signature(DIGEST.toString(), Bytes.utf8("sig"))));
  }

  static List<byte[]> all() {
    return List.of(
        Wire.MANIFEST.bytes(manifest()),
        Wire.DESIRED.bytes(desired()),
        Wire.REPORT.bytes(report()),
        Wire.TRUST.bytes(trust()),
        Wire.POLICY.bytes(policy()),
        Wire.ENVELOPE.bytes(envelope()));
  }

  /** A few bytes changed, cut, doubled or swapped. */
  static byte[] mutated(byte[] seed, RandomGenerator random) {
    byte[] bytes = seed.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = java.util.Arrays.copyOf(bytes, Math.max(1, at));
        default -> {
          int from = random.nextInt(bytes.length);
          int n = Math.min(random.nextInt(32), bytes.length - Math.max(at, from));
          System.arraycopy(bytes.clone(), from, bytes, at, n);
        }
      }
    }
    return bytes;
  }
}

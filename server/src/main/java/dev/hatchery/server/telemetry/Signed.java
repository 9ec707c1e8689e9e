package dev.hatchery.server.telemetry;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Report;
import dev.hatchery.core.Window;
import dev.hatchery.server.devices.Device;
import dev.hatchery.wire.Wire;
import java.util.List;

/** A report whose device signed it, with the bytes it signed. */
record Signed(Report report, Bytes payload, Bytes signature) {
  /** No service answers so much in a day; sums of more could overflow. */
  private static final long REQUESTS_MAX = 10_000_000_000L;

  static Signed verify(Envelope envelope, Device device, Signatures how) {
    byte[] payload = Dsse.verify(envelope, Envelope.REPORT, List.of(device.key()), 1, how);
    Report report = Wire.REPORT.parse(payload, Report.MAX_SIZE, "report");
    if (!report.device().equals(device.id())) {
      throw Refusal.of(Code.WRONG_DEVICE, "a device reports for itself only")
          .expected(device.id())
          .got(report.device());
    }
    report.windows().forEach(Signed::requirePlausible);
    Bytes signature = envelope.signatures().getFirst().value();
    return new Signed(report, envelope.payload(), signature);
  }

  private static void requirePlausible(Window window) {
    boolean counts = window.requests() <= REQUESTS_MAX && window.inputs() <= REQUESTS_MAX;
    for (long n : window.latency().counts().values()) counts &= n <= REQUESTS_MAX;
    if (counts) return;
    throw Refusal.of(Code.BAD_INPUT, "a window counts more than a service can do")
        .expected("at most " + REQUESTS_MAX)
        .got(window.requests());
  }

  /** What the next report's {@code prevHash} must be. */
  Digest hash() {
    return payload.digest();
  }
}

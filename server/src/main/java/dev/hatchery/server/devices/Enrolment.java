package dev.hatchery.server.devices;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.PublicKeys;
import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.EnrolAnswer;
import dev.hatchery.wire.EnrolRequest;
import dev.hatchery.wire.Wire;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** How a device joins. */
public final class Enrolment {
  static final DataSize MAX_SIZE = DataSize.kib(64);

  private final DeviceStore devices;
  private final EnrolmentTokens tokens;
  private final Newcomers newcomers;
  private final AuditLog audit;
  private final Db db;
  private final InstantSource clock;

  public Enrolment(
      DeviceStore devices,
      EnrolmentTokens tokens,
      Newcomers newcomers,
      AuditLog audit,
      Db db,
      InstantSource clock) {
    this.db = db;
    this.newcomers = newcomers;
    this.devices = devices;
    this.tokens = tokens;
    this.audit = audit;
    this.clock = clock;
  }

  /** The request, if the key that it brings signed it: whoever sends it holds that key. */
  static EnrolRequest verify(Envelope envelope, Signatures how) {
    EnrolRequest request =
        Wire.ENROL_REQUEST.parse(envelope.payload().toArray(), MAX_SIZE, "enrolment");
    PublicKeys.check(request.key());
    Dsse.verify(envelope, Envelope.ENROL, List.of(request.key()), 1, how);
    if (request.slots().size() > DesiredState.MAX_SLOTS) {
      throw Refusal.of(Code.TOO_LARGE, "a device offers too many slots")
          .expected("at most " + DesiredState.MAX_SLOTS)
          .got(request.slots().size());
    }
    return request;
  }

  /**
   * Lets a device in. The same device with the same key is let in again without a token: its first
   * answer may have been lost.
   */
  EnrolAnswer join(EnrolRequest request) {
    return db.write(tx -> join(tx, request));
  }

  private EnrolAnswer join(Tx tx, EnrolRequest request) {
    Instant now = Instant.ofEpochMilli(clock.millis());
    Optional<Device> known = devices.find(tx, request.device());
    if (known.isPresent() && known.get().key().equals(request.key())) {
      return new EnrolAnswer(request.device(), now);
    }
    String token = tokens.burn(tx, request.token());
    if (known.isPresent()) {
      throw Refusal.of(Code.CONFLICT, "another device has this id")
          .at(request.device().toString())
          .expected("the key it enrolled with, " + known.get().key().id())
          .got(request.key().id())
          .fix("choose another id");
    }
    Device device =
        devices.add(
            tx,
            new Device(
                request.device(),
                request.key(),
                Labelling.own(request.labels(), now),
                request.facts(),
                request.slots(),
                now),
            token);
    audit.append(
        tx,
        "device:" + device.id(),
        "device.enrol",
        device.id(),
        "token " + token + ", key " + device.key().id());
    newcomers.joined(tx, device);
    return new EnrolAnswer(device.id(), now);
  }
}

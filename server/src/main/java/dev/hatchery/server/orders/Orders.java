package dev.hatchery.server.orders;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Trust;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.trust.Director;
import dev.hatchery.server.trust.Reissue;
import dev.hatchery.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Changes what devices are told. Each change signs the device's desired state anew, with a higher
 * counter, in the caller's transaction; the board shows it after the commit.
 */
public final class Orders implements Reissue {
  static final Duration VALID = Duration.ofDays(7);
  private static final Duration HALF_LIFE = VALID.dividedBy(2);
  private static final int RENEWED_AT_ONCE = 500;

  private final Director director;
  private final Board board;
  private final Ordered heard;
  private final InstantSource clock;

  public Orders(Director director, Board board, Ordered heard, InstantSource clock) {
    this.director = director;
    this.board = board;
    this.heard = heard;
    this.clock = clock;
  }

  /** Orders a device to run this in a slot. */
  public void give(Tx tx, DeviceId device, Name slot, Order order) {
    var versions = DesiredStore.versions(tx);
    if (versions.getKey() == 0) throw missingTrust();
    Optional<Posted> before = DesiredStore.find(tx, device);
    Map<Name, Order> slots = new TreeMap<>(before.map(p -> p.state().slots()).orElse(Map.of()));
    slots.put(slot, order);
    issue(tx, device, before, slots, versions.getKey(), versions.getValue());
    tx.afterCommit(() -> heard.ordered(slot, order));
  }

  /** What a device is ordered to run in a slot, as this transaction sees it. */
  public Optional<Order> current(Tx tx, DeviceId device, Name slot) {
    return DesiredStore.find(tx, device).map(posted -> posted.state().slots().get(slot));
  }

  /**
   * Those of the devices whose slot something else has ordered since. By the database: what the
   * board shows may be older than that where there is another server, so it only says whom to ask
   * for.
   *
   * @param giver what its command ids begin with, up to the first slash
   */
  public Set<DeviceId> takenOver(Rows rows, String giver, Name slot, Collection<DeviceId> devices) {
    return devices.stream()
        .filter(device -> byAnother(board.desired(device), giver, slot))
        .filter(device -> takenOver(rows, giver, slot, device))
        .collect(Collectors.toSet());
  }

  /** Whether something else has ordered this slot of the device since. */
  public boolean takenOver(Rows rows, String giver, Name slot, DeviceId device) {
    return byAnother(DesiredStore.find(rows, device).map(Posted::state), giver, slot);
  }

  private static boolean byAnother(Optional<DesiredState> told, String giver, Name slot) {
    return told.map(state -> state.slots().get(slot))
        .filter(order -> !order.commandId().startsWith(giver + "/"))
        .isPresent();
  }

  /** Shows devices what another server on the same database has told them. */
  public void catchUp(Db db) {
    db.read(DesiredStore::all).forEach(board::catchUp);
  }

  @Override
  public void all(Tx tx, Trust trust, long policyVersion) {
    for (DeviceId device : DesiredStore.devices(tx)) {
      renew(tx, device, trust.version(), policyVersion);
    }
  }

  /** Renews those whose expiry is less than half a life away; some at a time. */
  public void renewDue(Db db) {
    Instant due = clock.instant().minus(HALF_LIFE);
    for (DeviceId device : db.read(rows -> DesiredStore.issuedBefore(rows, due, RENEWED_AT_ONCE))) {
      db.write(
          tx -> {
            var versions = DesiredStore.versions(tx);
            renew(tx, device, versions.getKey(), versions.getValue());
            return device;
          });
    }
  }

  private void renew(Tx tx, DeviceId device, long keyset, long policyVersion) {
    Optional<Posted> before = DesiredStore.find(tx, device);
    before.ifPresent(p -> issue(tx, device, before, p.state().slots(), keyset, policyVersion));
  }

  // A new trust document is a new keyset, under which the counter begins again (fast-forward
  // recovery, security reference, section 3).
  private void issue(
      Tx tx,
      DeviceId device,
      Optional<Posted> before,
      Map<Name, Order> slots,
      long keyset,
      long policyVersion) {
    long counter =
        before
            .map(Posted::state)
            .filter(state -> state.keyset() == keyset)
            .map(state -> state.counter() + 1)
            .orElse(1L);
    Instant now = Instant.ofEpochMilli(clock.millis());
    var state =
        new DesiredState(device, keyset, counter, now, now.plus(VALID), policyVersion, slots);
    Posted posted = Posted.of(state, Bytes.of(Wire.ENVELOPE.bytes(director.sign(state))));
    DesiredStore.save(tx, posted);
    tx.afterCommit(() -> board.post(posted));
  }

  private static Refusal missingTrust() {
    return Refusal.of(Code.TRUST_MISSING, "no device can be told anything without a trust document")
        .fix("PUT one to /api/v1/trust");
  }
}

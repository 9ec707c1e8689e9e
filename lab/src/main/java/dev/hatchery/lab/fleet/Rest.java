package dev.hatchery.lab.fleet;

import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a fleet has come to rest: no rollout goes on, but for devices that say they cannot go
 * back, and every device that is awake runs what its newest desired state says, or says itself why
 * it does not.
 */
final class Rest {
  private final CommitLog log;
  private final Servers servers;
  private final List<SimulatedDevice> devices;

  Rest(CommitLog log, Servers servers, List<SimulatedDevice> devices) {
    this.log = log;
    this.servers = servers;
    this.devices = devices;
  }

  /** What keeps it from rest, in words. */
  List<String> open() {
    List<String> open = new ArrayList<>();
    if (!servers.isUp()) open.add("no server is up");
    for (CommitLog.Standing rollout : log.standings()) {
      boolean over = rollout.phase().equals("COMPLETED") || rollout.phase().equals("ROLLED_BACK");
      boolean asFarAsItGoes =
          rollout.phase().equals("ROLLING_BACK")
              && log.waitsFor(rollout.id()) == 0
              && log.members(rollout.id(), "rolling-back").stream().allMatch(this::cannotGoBack);
      if (!over && !asFarAsItGoes)
        open.add(rollout.id() + " is " + rollout.phase() + ", " + log.members(rollout.id()));
    }
    for (SimulatedDevice device : devices) {
      Optional<String> why = open(device);
      why.ifPresent(what -> open.add(device.id() + " " + what));
    }
    return open;
  }

  // It is counted until it has proved that it is back, and told again and again; that it has said
  // why not, to the server and in its own journal, is all that it can do.
  private boolean cannotGoBack(CommitLog.MemberChange member) {
    return devices.stream()
        .filter(device -> device.id().value().equals(member.device()))
        .flatMap(device -> device.agent().stream())
        .anyMatch(agent -> cannot(agent.ledger(), member.command()));
  }

  /** Whether a device has ended this order without what it asks for, and says why. */
  static boolean cannot(Ledger ledger, String command) {
    boolean ended = ledger.state() == State.FAILED || ledger.state() == State.ROLLED_BACK;
    return ended
        && ledger.commandId().equals(command)
        && ledger.settled(command)
        && ledger.reason().isPresent();
  }

  private Optional<String> open(SimulatedDevice device) {
    Optional<AgentRun> agent = device.agent();
    if (agent.isEmpty()) return asleep(device) ? Optional.empty() : Optional.of("is off");
    if (!device.enrolled()) return Optional.of("has not joined");
    Optional<Long> told = log.counter(device.id());
    if (told.isEmpty()) return Optional.empty();
    long held = agent.get().acceptance.mark().counter();
    if (held != told.get()) {
      return Optional.of("holds desired state " + held + " of " + told.get());
    }
    Optional<Order> order =
        device.desired().flatMap(d -> Optional.ofNullable(d.slots().get(AgentRun.SLOT)));
    return order.isEmpty()
        ? Optional.of("has lost its order")
        : open(device, agent.get(), order.get());
  }

  private Optional<String> open(SimulatedDevice device, AgentRun agent, Order order) {
    var ledger = agent.ledger();
    if (ledger.busy()) return Optional.of("is busy: " + ledger.state());
    Optional<Digest> wanted = Optional.of(order.manifest());
    boolean runs =
        agent.slot.pointer(Pointer.CURRENT).equals(wanted)
            && device.service().serves().equals(wanted)
            && ledger.state() == State.CONFIRMED;
    if (runs) return Optional.empty();
    return cannot(ledger, order.commandId())
        ? Optional.empty()
        : Optional.of(
            "is to run "
                + order.release()
                + " by "
                + order.commandId()
                + " and does not: "
                + ledger);
  }

  private static boolean asleep(SimulatedDevice device) {
    return device.labels().get("awake").isPresent();
  }

  /**
   * Devices that a rollout which was aborted has left on its release. None is one that holds the
   * newest it was told, which is something else, and says itself why it cannot do that.
   */
  List<String> lostAborts() {
    List<String> lost = new ArrayList<>();
    List<CommitLog.Standing> rollouts = log.standings();
    for (CommitLog.Standing rollout : rollouts) {
      boolean stands = rollout.aborted() && !rollout.undone() && rollout.previous().isPresent();
      boolean again =
          rollouts.stream()
              .anyMatch(r -> r.target().equals(rollout.target()) && !r.id().equals(rollout.id()));
      if (!stands || again) continue;
      for (SimulatedDevice device : devices) {
        boolean on =
            device
                .service()
                .serves()
                .filter(d -> d.toString().equals(rollout.target()))
                .isPresent();
        if (on && !cannotLeave(device, rollout.target()))
          lost.add(device.id() + " still runs what " + rollout.id() + " had brought");
      }
    }
    return lost;
  }

  private boolean cannotLeave(SimulatedDevice device, String target) {
    Optional<Long> told = log.counter(device.id());
    return device
        .agent()
        .filter(agent -> told.equals(Optional.of(agent.acceptance.mark().counter())))
        .flatMap(
            agent ->
                agent
                    .acceptance
                    .desired()
                    .flatMap(d -> Optional.ofNullable(d.slots().get(AgentRun.SLOT)))
                    .filter(order -> !order.manifest().toString().equals(target))
                    .filter(order -> cannot(agent.ledger(), order.commandId())))
        .isPresent();
  }
}

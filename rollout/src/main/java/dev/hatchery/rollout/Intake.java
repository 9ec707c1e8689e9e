package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Gate;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes what one member has reported into its state. Whatever is added up is added up whole, a
 * failure outweighs all else under the same order, and where the newest status decides and two came
 * at once, the worse one does: so the order of the observations does not matter.
 */
final class Intake {
  private final Rollout rollout;
  private final List<Limit> limits;
  private final int acting; // the first so many of the limits; the others are dry runs
  private final Retry retry;
  private final List<Gate.Drift> drifts;
  private final Set<DeviceId> takenOver;
  private boolean shadow; // whether the member that is looked at runs one

  private static final Comparator<Failure> WORST =
      Comparator.comparing((Failure f) -> f.blame)
          .thenComparing(f -> f.toldAt)
          .thenComparing(f -> f.at)
          .thenComparing(f -> f.code);

  /**
   * For reports about this rollout's members.
   *
   * @param takenOver who follows something newer: what speaks against the release is taken of them,
   *     and nothing else moves them
   */
  Intake(Rollout rollout, Set<DeviceId> takenOver) {
    this.rollout = rollout;
    this.takenOver = takenOver;
    this.limits = Limit.all(rollout.spec());
    this.acting = Limit.of(rollout.spec()).size();
    this.drifts = DriftVerdicts.gates(rollout.spec());
    this.retry = new Retry(rollout.spec().timing());
  }

  /** How a device told that it did not carry an order out. */
  private record Failure(Code code, Blame blame, Instant at, Instant toldAt) {
    static Failure of(Optional<Code> reason, boolean switched, Instant at, Instant toldAt) {
      Code code = reason.orElse(Code.INTERNAL);
      return new Failure(code, Blame.of(code, switched), at, toldAt);
    }
  }

  Member take(Member member, List<Observation> observations) {
    shadow = rollout.shadows(member);
    MemberDraft d = new MemberDraft(member);
    heard(d, observations);
    d.wasConfirmed |= observations.stream().anyMatch(this::tellsOfTheTarget);
    switch (member.state()) {
      case ORDERED, CONFIRMED, FAILED, QUARANTINED -> {
        count(d, member, observations);
        d.traffic = most(d.traffic, d.trafficBefore, cost(d, observations));
        switched(d, observations);
      }
      case ROLLING_BACK -> {
        d.trafficBack = most(d.trafficBack, d.trafficBefore, cost(d, observations));
        wentBack(d, observations);
      }
      case PINNED -> {
        if (!member.touched()) break;
        count(d, member, observations);
        d.traffic = most(d.traffic, d.trafficBefore, cost(d, observations));
        switched(d, observations);
      }
      case ROLLED_BACK -> {}
    }
    // An undo orders the target again to whoever had it confirmed; a shadow never was.
    if (shadow) d.wasConfirmed = false;
    return d.done();
  }

  // Also when the device had been told to go back before its word arrived.
  private boolean tellsOfTheTarget(Observation o) {
    return o.events().stream()
        .anyMatch(
            e ->
                e.kind() == Event.Kind.CONFIRMED
                    && e.bundle().equals(Optional.of(rollout.target())));
  }

  private static void heard(MemberDraft d, List<Observation> observations) {
    Set<String> boots = new HashSet<>();
    for (Observation o : observations) boots.add(o.bootId());
    d.bootId.ifPresent(boots::remove);
    d.restarts += d.bootId.isPresent() ? boots.size() : boots.size() - 1;
    for (Observation o : observations) {
      for (Window w : o.windows()) d.restarts += w.restarts();
      if (o.receivedAt().isAfter(d.lastSeen)) d.lastSeen = o.receivedAt();
    }
    if (boots.isEmpty()) return;
    // Of two boots told at once, the one not known before is the newer.
    Optional<String> known = d.bootId;
    newest(observations).stream()
        .map(Observation::bootId)
        .max(
            Comparator.comparing((String boot) -> !known.equals(Optional.of(boot)))
                .thenComparing(Comparator.naturalOrder()))
        .ifPresent(boot -> d.bootId = Optional.of(boot));
  }

  private static List<Observation> newest(List<Observation> observations) {
    if (observations.size() == 1) return observations;
    Instant last =
        observations.stream().map(Observation::receivedAt).max(Comparator.naturalOrder()).get();
    return observations.stream().filter(o -> o.receivedAt().equals(last)).toList();
  }

  private void count(MemberDraft d, Member member, List<Observation> observations) {
    List<Held> held = held(member);
    Optional<Instant> compared = rollout.comparison().since();
    Map<String, Tally> sums = new HashMap<>();
    for (Observation o : observations) {
      if (d.disturbance.isPresent() && !d.disturbance.get().counts(o.receivedAt())) continue;
      for (Window w : o.windows()) {
        if (!ofTarget(w)) continue;
        if (w.warm() && compared.isPresent() && !shadow) compared(d, o, w, compared.get());
        if (w.warm()) watched(d, o, w);
        for (Held to : held) judge(d, o, w, to, sums);
      }
    }
    d.count(rollout.stage(), sums);
    drift(d, observations);
  }

  /** A limit as it holds for the member. */
  private record Held(String key, Yardstick yardstick, boolean acts) {}

  private List<Held> held(Member member) {
    List<Held> held = new ArrayList<>(limits.size());
    for (int i = 0; i < limits.size(); i++) {
      Limit limit = limits.get(i);
      var yardstick = limit.on(member);
      if (yardstick.isPresent()) held.add(new Held(limit.key(), yardstick.get(), i < acting));
    }
    return held;
  }

  private static void compared(MemberDraft d, Observation o, Window w, Instant since) {
    if (within(w.start(), d, o.receivedAt()).isBefore(since)) return;
    d.concurrent = d.concurrent.from(since).plus(w);
  }

  private void watched(MemberDraft d, Observation o, Window w) {
    d.requests += w.requests();
    d.errors += w.errors();
    if (runs(o.status(), d.commandId) && !before(w, o, d.commandId)) {
      d.observed = d.observed.plus(length(w));
    }
  }

  // In the order in which they were measured: only windows in a row count.
  private void drift(MemberDraft d, List<Observation> observations) {
    if (drifts.isEmpty()) return;
    observations.stream()
        .sorted(Comparator.comparing(Observation::receivedAt))
        .flatMap(o -> o.windows().stream().sorted(Comparator.comparingLong(Window::index)))
        .filter(w -> ofTarget(w) && w.warm() && !w.readings().bins().isEmpty())
        .forEach(w -> d.drifts = DriftVerdicts.after(d.drifts, drifts, d.baseline, w));
  }

  private static void judge(
      MemberDraft d, Observation o, Window w, Held held, Map<String, Tally> sums) {
    Yardstick yardstick = held.yardstick;
    if (!w.warm() && !yardstick.whenCold()) return;
    Tally trials = yardstick.trials().apply(w);
    if (trials.n() == 0) return;
    sums.merge(held.key, trials, (a, b) -> a.plus(b.n(), b.k()));
    if (held.acts && yardstick.over(trials)) d.sawBad(within(w.start(), d, o.receivedAt()));
  }

  private boolean ofTarget(Window w) {
    return w.bundle().equals(rollout.target())
        && w.slot().equals(rollout.spec().slot())
        && w.shadow() == shadow;
  }

  // The windows of the trial itself are evidence, but no soak.
  private boolean before(Window w, Observation o, String commandId) {
    Event.Kind proof = shadow ? Event.Kind.SHADOWED : Event.Kind.CONFIRMED;
    return !o.events().isEmpty()
        && o.events().stream()
            .filter(e -> e.kind() == proof && e.commandId().equals(commandId))
            .anyMatch(e -> w.start().isBefore(e.at()));
  }

  // A window longer than was ordered is a device that slept or whose clock jumped.
  private Duration length(Window w) {
    Duration ordered = rollout.spec().timing().window();
    return w.length().compareTo(ordered) > 0 ? ordered : w.length();
  }

  // A device's clock may be wrong; what it says lies between its order and its report.
  private static Instant within(Instant told, MemberDraft d, Instant receivedAt) {
    Instant notBefore = told.isBefore(d.orderedAt) ? d.orderedAt : told;
    return notBefore.isAfter(receivedAt) ? receivedAt : notBefore;
  }

  private static Traffic cost(MemberDraft d, List<Observation> observations) {
    Traffic cost = Traffic.NONE;
    for (Observation o : observations) {
      if (isAbout(o.status(), d.commandId)) cost = most(cost, o.status().traffic());
      for (Event e : o.events()) {
        if (e.commandId().equals(d.commandId)) cost = most(cost, e.traffic());
      }
    }
    return cost;
  }

  private static boolean isAbout(SlotStatus status, String commandId) {
    return status.commandId().isPresent() && status.commandId().get().equals(commandId);
  }

  // In a large fleet, nearly every report tells of no cost.
  private static Traffic most(Traffic known, Traffic before, Traffic cost) {
    return cost.equals(Traffic.NONE) && before.equals(Traffic.NONE)
        ? known
        : most(known, before.plus(cost));
  }

  // A device counts up under one order, so the most it has told of each source is the newest.
  private static Traffic most(Traffic a, Traffic b) {
    if (b.equals(Traffic.NONE)) return a;
    return new Traffic(
        Math.max(a.full(), b.full()),
        Math.max(a.delta(), b.delta()),
        Math.max(a.peer(), b.peer()),
        Math.max(a.resumed(), b.resumed()));
  }

  private void switched(MemberDraft d, List<Observation> observations) {
    if (takenOver.contains(d.device)) {
      wentBackBefore(d, observations);
      return;
    }
    if (d.state == Member.State.FAILED || d.state == Member.State.QUARANTINED) return;
    var failure = failure(d.commandId, observations);
    if (failure.isPresent()) {
      failed(d, failure.get());
      return;
    }
    List<Observation> newest = newest(observations);
    Instant at = newest.getFirst().receivedAt();
    boolean proved = true;
    boolean pinned = true;
    for (Observation o : newest) {
      proved &= runs(o.status(), d.commandId);
      pinned &= staysElsewhere(o.status());
    }
    Member.State waiting = pinned ? Member.State.PINNED : Member.State.ORDERED;
    d.enter(proved ? Member.State.CONFIRMED : waiting, at);
    if (proved) d.failure = Optional.empty();
  }

  // That it had gone back alone may be heard of only after something else was ordered.
  private static void wentBackBefore(MemberDraft d, List<Observation> observations) {
    if (d.failure.isPresent()) return;
    failure(d.commandId, observations)
        .filter(failure -> failure.blame == Blame.RELEASE)
        .ifPresent(failure -> blame(d, failure));
  }

  // A person at the device keeps it on something else. On the target it is judged like any other.
  private boolean staysElsewhere(SlotStatus status) {
    return status.pinned().isPresent() && !status.current().equals(Optional.of(rollout.target()));
  }

  private void failed(MemberDraft d, Failure failure) {
    d.enter(retry.after(failure.code, d.attempt), failure.toldAt);
    blame(d, failure);
  }

  private static void blame(MemberDraft d, Failure failure) {
    d.failure = Optional.of(failure.code);
    if (failure.blame == Blame.RELEASE) {
      d.localRollbacks++;
      d.sawBad(within(failure.at, d, failure.toldAt));
    }
  }

  private void wentBack(MemberDraft d, List<Observation> observations) {
    Digest home = rollout.previous().orElseThrow().manifest();
    observations.stream()
        .filter(o -> proves(o.status(), d.commandId, home) && o.status().shadow().isEmpty())
        .map(Observation::receivedAt)
        .min(Comparator.naturalOrder())
        .ifPresent(at -> d.enter(Member.State.ROLLED_BACK, at));
    if (d.state == Member.State.ROLLED_BACK || d.failure.isPresent()) return;
    failure(d.commandId, observations)
        .ifPresent(
            failure -> {
              d.failure = Optional.of(failure.code);
              d.since = failure.toldAt;
            });
  }

  private boolean runs(SlotStatus status, String commandId) {
    return shadow
        ? runsBeside(status, commandId, rollout.target())
        : proves(status, commandId, rollout.target());
  }

  // It has to prove what it serves as well: a shadow of something that is not there shows nothing.
  private static boolean runsBeside(SlotStatus status, String commandId, Digest bundle) {
    return status.state() == SlotStatus.State.SHADOWED
        && isAbout(status, commandId)
        && status.shadow().filter(bundle::equals).isPresent()
        && status.running().isPresent()
        && status.running().equals(status.current())
        && !status.running().equals(status.shadow());
  }

  private static boolean proves(SlotStatus status, String commandId, Digest bundle) {
    return status.state() == SlotStatus.State.CONFIRMED
        && isAbout(status, commandId)
        && status.current().filter(bundle::equals).isPresent()
        && status.running().filter(bundle::equals).isPresent();
  }

  private static Optional<Failure> failure(String commandId, List<Observation> observations) {
    List<Failure> found = new ArrayList<>(0);
    for (Observation o : observations) failures(o, commandId, found);
    return found.stream().min(WORST);
  }

  private static void failures(Observation o, String commandId, List<Failure> found) {
    SlotStatus s = o.status();
    if (isAbout(s, commandId)) {
      boolean back = s.state() == SlotStatus.State.ROLLED_BACK;
      if (back || s.state() == SlotStatus.State.FAILED) {
        found.add(Failure.of(s.reason(), back, o.receivedAt(), o.receivedAt()));
      }
    }
    for (Event e : o.events()) {
      boolean back = e.kind() == Event.Kind.ROLLED_BACK;
      if ((back || e.kind() == Event.Kind.FAILED) && e.commandId().equals(commandId)) {
        found.add(Failure.of(e.reason(), back, e.at(), o.receivedAt()));
      }
    }
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Priority;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Disturbance;
import dev.hatchery.rollout.Interlock;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Precedence;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.changes.Change;
import dev.hatchery.server.changes.ChangeStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which devices the two pipelines keep from each other, in the words that are shown. A device is
 * left alone for a time after the other pipeline has changed it, and as long as a rollout of the
 * other pipeline whose turn comes first has it. By turns alone, two rollouts never wait for each
 * other.
 */
final class Interlocks {
  private final ChangeStore changes;
  private final RolloutStore rollouts;
  private final Duration usual;
  private final InstantSource clock;

  /**
   * A view of what is known.
   *
   * @param usual how long a device is left alone where a rollout does not say
   */
  Interlocks(ChangeStore changes, RolloutStore rollouts, Duration usual, InstantSource clock) {
    this.changes = changes;
    this.rollouts = rollouts;
    this.usual = usual;
    this.clock = clock;
  }

  /** What is in a rollout's way now, and what has happened to its devices. */
  Interlock of(Rollout rollout) {
    Duration time = time(rollout.spec());
    if (time.isZero()) return Interlock.NONE;
    List<Claim> claims = claims(rollout);
    Map<DeviceId, String> barred = new HashMap<>();
    Map<DeviceId, Disturbance> disturbed = new HashMap<>();
    for (DeviceId device : rollout.fleet()) {
      why(device, claims, rollout.spec(), time).ifPresent(why -> barred.put(device, why));
      disturbance(device, rollout, time).ifPresent(d -> disturbed.put(device, d));
    }
    return new Interlock(barred, disturbed);
  }

  /** Why a rollout of this spec would leave a device alone, if it were planned now. */
  Function<DeviceId, Optional<String>> bars(RolloutSpec spec) {
    List<Claim> claims = claims(spec.lane().pipeline());
    Duration time = time(spec);
    return device -> why(device, claims, spec, time);
  }

  /** For people: what keeps a slot of a device from the next order of its pipeline. */
  List<String> about(DeviceId device, Name slot) {
    Optional<Rollout> concerned =
        rollouts.live().stream()
            .map(Stored::rollout)
            .filter(r -> r.spec().slot().equals(slot) && r.fleet().contains(device))
            .findFirst();
    Optional<String> why =
        concerned.isPresent()
            ? why(
                device,
                claims(concerned.get()),
                concerned.get().spec(),
                time(concerned.get().spec()))
            : changed(device, Pipeline.usual(slot), usual);
    return why.map(text -> List.of("interlock: it " + text)).orElse(List.of());
  }

  private Optional<String> why(
      DeviceId device, List<Claim> claims, RolloutSpec spec, Duration time) {
    if (time.isZero()) return Optional.empty();
    return claims.stream()
        .filter(claim -> claim.devices.contains(device))
        .findFirst()
        .map(Claim::toString)
        .or(() -> changed(device, spec.lane().pipeline(), time));
  }

  /** How long a rollout keeps away from the other pipeline. */
  Duration time(RolloutSpec spec) {
    return spec.lane().interlock().orElse(usual);
  }

  /** A rollout of the other pipeline, and whom it has. */
  private record Claim(Rollout by, Set<DeviceId> devices) {
    static Claim of(Rollout rollout) {
      return new Claim(
          rollout,
          new HashSet<>(rollout.phase().active() ? rollout.fleet() : rollout.members().keySet()));
    }

    @Override
    public String toString() {
      return "was taken first by rollout "
          + by.id()
          + " ("
          + by.spec().release()
          + " on "
          + by.spec().slot()
          + (by.spec().priority() == Priority.NORMAL
              ? ""
              : ", priority " + by.spec().priority().name().toLowerCase(Locale.ROOT))
          + "); left alone until that is over (hatchery explain rollout "
          + by.id()
          + ")";
    }
  }

  private List<Claim> claims(Rollout rollout) {
    return claims(rollout.spec().lane().pipeline()).stream()
        .filter(claim -> Precedence.ORDER.compare(claim.by, rollout) < 0)
        .toList();
  }

  private List<Claim> claims(Pipeline pipeline) {
    return rollouts.live().stream()
        .map(Stored::rollout)
        .filter(other -> other.spec().lane().pipeline() != pipeline)
        .map(Claim::of)
        .toList();
  }

  /** That a device is left alone because it has changed. */
  record Locked(String why, Instant until) {}

  /** What keeps what lies below a device's models as it is. */
  Optional<Locked> modelChanged(DeviceId device) {
    return locked(device, Pipeline.FIRMWARE, usual);
  }

  private Optional<String> changed(DeviceId device, Pipeline pipeline, Duration time) {
    return locked(device, pipeline, time).map(Locked::why);
  }

  private Optional<Locked> locked(DeviceId device, Pipeline pipeline, Duration time) {
    if (time.isZero() || !changes.any(device)) return Optional.empty();
    Instant now = now();
    List<Change> recent =
        changes.since(device, pipeline.other(), now.minus(time)).stream()
            .filter(c -> now.isBefore(c.at().plus(time)))
            .toList();
    if (recent.isEmpty()) return Optional.empty();
    Instant at = recent.getLast().at();
    String why =
        "has changed: "
            + words(recent)
            + " at "
            + seconds(at)
            + "; no other "
            + pipeline.name().toLowerCase(Locale.ROOT)
            + " before "
            + seconds(at.plus(time));
    return Optional.of(new Locked(why, at.plus(time)));
  }

  // Only what came after its order can disturb a member; the engine looks at that itself.
  private Optional<Disturbance> disturbance(DeviceId device, Rollout rollout, Duration time) {
    if (!changes.any(device)) return Optional.empty();
    Member member = rollout.members().get(device);
    boolean control = rollout.comparison().control().containsKey(device);
    if (member == null && !control) return Optional.empty();
    Pipeline other = rollout.spec().lane().pipeline().other();
    Instant from = member == null ? rollout.createdAt() : member.orderedAt();
    List<Change> since = changes.since(device, other, from);
    if (since.isEmpty()) return Optional.empty();
    Instant at = since.getLast().at();
    return Optional.of(new Disturbance(at, at.plus(time), words(since)));
  }

  private static String words(List<Change> changes) {
    return changes.stream()
        .map(c -> c.what().toString())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static Instant seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}

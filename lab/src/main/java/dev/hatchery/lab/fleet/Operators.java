package dev.hatchery.lab.fleet;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Secret;
import dev.hatchery.core.Selector;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Method;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.AbortRequest;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.ApproveRequest;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import dev.hatchery.wire.api.RestraintView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The people: they roll releases out, and interfere now and then, by the operator API. */
final class Operators {
  private static final DataSize MAX = DataSize.mib(8);
  private static final String PATH = "/api/v1/rollouts";

  private final Timeline time;
  private final Servers servers;
  private final RandomGenerator chance;
  private final List<DeviceId> devices;
  private final List<Depot.Release> releases;
  private int next;

  Operators(
      Timeline time,
      Servers servers,
      List<DeviceId> devices,
      List<Depot.Release> releases,
      RandomGenerator chance) {
    this.time = time;
    this.servers = servers;
    this.devices = List.copyOf(devices);
    this.releases = releases;
    this.chance = chance;
  }

  private Optional<Bytes> send(String who, Method method, String path, byte[] body) {
    time.step();
    var request = Request.of(new Caller.Operator(who), method, path, Map.of(), Map.of(), body);
    Optional<Answer> answer = servers.handle(request);
    time.step();
    return answer
        .filter(a -> a.status() / 100 == 2)
        .filter(a -> a.body() instanceof Answer.Memory)
        .map(a -> ((Answer.Memory) a.body()).bytes());
  }

  private Optional<Bytes> post(String who, String path, byte[] body) {
    Optional<Bytes> answer = send(who, Method.POST, path, body);
    servers.wake();
    return answer;
  }

  /** A token with which all devices may join. */
  Secret enrolmentToken() {
    byte[] body =
        Api.ENROLMENT_TOKEN_REQUEST.bytes(new EnrolmentTokenRequest(1000, Duration.ofHours(24)));
    return post("admin", "/api/v1/enrolment-tokens", body)
        .map(b -> Api.ENROLMENT_TOKEN.parse(b.toArray(), MAX, "answer").file().token())
        .orElseThrow();
  }

  List<RolloutView> rollouts() {
    return send("admin", Method.GET, PATH, new byte[0])
        .map(b -> Api.ROLLOUTS.parse(b.toArray(), MAX, "answer").items())
        .orElse(List.of());
  }

  private Optional<RolloutView> newest() {
    return rollouts().stream().findFirst();
  }

  /** The next release goes out; empty when there is none, or it may not. */
  Optional<RolloutView> rollOut(String stages, String more) {
    if (next >= releases.size()) return Optional.empty();
    Depot.Release release = releases.get(next);
    RolloutSpec spec =
        Wire.ROLLOUT_SPEC.read(
            Yaml.parse(
                """
                rollout: rollout-%s
                slot: vision
                channel: stable
                release: %s
                stages: %s
                gates:
                  - {metric: errors, limit: 10%%}
                  - {metric: latency-p95, limit: 500ms}
                timing:
                  window: 15m
                  heartbeat: 15m
                  silence: 50m
                  minRequests: 50
                  baselineRequests: 1
                  baselineAge: 0s
                  warmUp: 1m
                  maxWindow: 12h
                  retryAfter: 10m
                  retries: 3
                trial: {readyWithin: 60s, minHealthy: 60s, maxStarts: 3}
                %s
                """
                    .formatted(next, release.id(), stages, more),
                "rollout.yaml"));
    Optional<Bytes> answer = post("admin", PATH, Wire.ROLLOUT_SPEC.bytes(spec));
    if (answer.isEmpty()) return Optional.empty();
    next++;
    return answer.map(b -> Api.ROLLOUT.parse(b.toArray(), MAX, "answer"));
  }

  /** The next release to go out is the last one. */
  void skipToLast() {
    next = releases.size() - 1;
  }

  /** What people do on a day: start a rollout when there is none, interfere when there is one. */
  void act() {
    Optional<RolloutView> newest = newest();
    if (newest.isEmpty() || newest.get().phase().over()) {
      if (newest.isPresent() && chance.nextInt(6) == 0) undo(newest.get());
      else if (next < releases.size() - 1)
        rollOut(stages(), chance.nextInt(3) == 0 ? "approvals: {count: 1, expires: 24h}" : "");
    } else {
      interfere(newest.get());
    }
    if (chance.nextInt(6) == 0) restrain();
    if (chance.nextInt(4) == 0) relax();
  }

  private String stages() {
    int canaries = 1 + chance.nextInt(Math.max(1, devices.size() / 4));
    return "[{name: canary, count: "
        + canaries
        + ", soak: 20m}, {name: half, percent: 50, soak: 20m},"
        + " {name: all, percent: 100, soak: 15m}]";
  }

  private void interfere(RolloutView rollout) {
    String path = PATH + "/" + rollout.id() + "/";
    byte[] reason = Api.ABORT_REQUEST.bytes(new AbortRequest("because"));
    byte[] yes = Api.APPROVE_REQUEST.bytes(new ApproveRequest("go on"));
    byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
    switch (chance.nextInt(20)) {
      case 0 -> post("admin", path + "abort", reason);
      case 1 -> post("bob", path + "reject", reason);
      case 2, 3 -> post("admin", path + "pause", empty);
      case 4, 5, 6 -> post("admin", path + "resume", empty);
      case 7 -> post("admin", path + "promote", empty);
      case 8, 9 -> post("admin", path + "retry", empty);
      case 10, 11, 12, 13, 14 -> post("bob", path + "approve", yes);
      default -> {}
    }
  }

  private void undo(RolloutView rollout) {
    byte[] reason = Api.ABORT_REQUEST.bytes(new AbortRequest("because"));
    post("admin", PATH + "/" + rollout.id() + "/undo", reason);
  }

  private void restrain() {
    DeviceId device = devices.get(chance.nextInt(devices.size()));
    Optional<Duration> lasts = Optional.of(Duration.ofHours(1 + chance.nextInt(6)));
    switch (chance.nextInt(3)) {
      case 0 -> restrain(Restraint.Kind.PIN, Optional.of(device), Optional.empty());
      case 1 -> restrain(Restraint.Kind.HOLD, Optional.of(device), lasts);
      default -> restrain(Restraint.Kind.FREEZE, Optional.empty(), lasts);
    }
  }

  private void restrain(Restraint.Kind kind, Optional<DeviceId> device, Optional<Duration> lasts) {
    var restraint =
        new Restraint(
            kind,
            kind == Restraint.Kind.PIN ? Optional.of(AgentRun.SLOT) : Optional.empty(),
            device,
            Optional.<Selector>empty(),
            time.instant(),
            lasts.map(time.instant()::plus),
            "because");
    post("admin", "/api/v1/restraints", Api.RESTRAINT.bytes(restraint));
  }

  private void relax() {
    for (RestraintView view : restraints()) {
      if (chance.nextBoolean()) unrestrain(view);
    }
  }

  private List<RestraintView> restraints() {
    return send("admin", Method.GET, "/api/v1/restraints", new byte[0])
        .map(b -> Api.RESTRAINTS.parse(b.toArray(), MAX, "answer").items())
        .orElse(List.of());
  }

  private void unrestrain(RestraintView view) {
    send("admin", Method.DELETE, "/api/v1/restraints/" + view.id(), new byte[0]);
  }

  /** Nothing of theirs is in the way of what is going on. */
  void letGo() {
    restraints().forEach(this::unrestrain);
    for (RolloutView rollout : rollouts()) {
      if (rollout.phase().over()) continue;
      String path = PATH + "/" + rollout.id() + "/";
      byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
      if (rollout.phase() == RolloutView.Phase.PAUSED) post("admin", path + "resume", empty);
      post("bob", path + "approve", Api.APPROVE_REQUEST.bytes(new ApproveRequest("go on")));
    }
  }
}

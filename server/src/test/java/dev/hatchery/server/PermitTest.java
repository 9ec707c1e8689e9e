package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Secret;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.OperatorRole;
import dev.hatchery.wire.api.PermitRequest;
import dev.hatchery.wire.api.PermitView;
import dev.hatchery.wire.api.PermitView.State;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other updaters ask before they change a device. */
final class PermitTest {
  private static final DeviceId ONE = new DeviceId("edge-1");
  private static final Path SCRIPTS = Path.of("../deploy/mender").toAbsolutePath().normalize();

  @TempDir private Path folder;
  private Fleet fleet;
  private Device device;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
    device = fleet.device("edge-1", Map.of("site", "oslo"));
    fleet.release("inspection@1.0.0");
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private static PermitRequest by(String owner) {
    return by(owner, Optional.empty());
  }

  private static PermitRequest by(String owner, Optional<String> changed) {
    return new PermitRequest(
        Optional.of(ONE),
        Optional.empty(),
        owner,
        "OS 6.1",
        changed.isPresent() ? PermitRequest.DEFAULT : Duration.ofHours(2),
        changed);
  }

  @Test
  void whoIsWatchedByNobodyIsGivenAtOnceAndGetsNoModelMeanwhile() {
    PermitView granted = fleet.operator().acquire(by("balena"));
    assertThat(granted.state()).isEqualTo(State.GRANTED);
    assertThat(granted.until())
        .contains(fleet.operator().restraints().getFirst().restraint().until().orElseThrow());
    String id = begin("one");
    RolloutView held = await(id, r -> says(r, "held"));
    assertThat(held.devicesTouched()).isZero();
    assertThat(held.verdicts())
        .filteredOn(v -> v.gate().equals("held"))
        .allMatch(v -> v.reason().startsWith("edge-1 is held by operator:admin for balena until "));
    assertThat(fleet.operator().permit(by("balena")).state()).isEqualTo(State.GRANTED);
    fleet.operator().letGo(by("balena"));
    device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.COMPLETED);
    assertThat(fleet.operator().audit(0).stream().map(AuditView::action))
        .contains("hold.add", "hold.remove");
  }

  @Test
  void whoIsWatchedWaitsAndThenUntilTheModelIsOldEnough() {
    String id = begin("one");
    await(id, r -> r.devicesTouched() == 1);
    PermitView watched = fleet.operator().acquire(by("balena"));
    assertThat(watched.state()).isEqualTo(State.WAIT);
    assertThat(watched.until()).isEmpty();
    assertThat(watched.why().getFirst()).startsWith("edge-1 is watched by rollout one-1: wait");
    assertThat(fleet.operator().permit(by("balena")).state()).isEqualTo(State.WAIT);
    device.send(device.idle());
    device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.COMPLETED);
    PermitView locked = fleet.operator().acquire(by("balena"));
    assertThat(locked.state()).isEqualTo(State.WAIT);
    assertThat(locked.until()).isPresent();
    assertThat(locked.why().getFirst())
        .startsWith("edge-1 has changed: vision unknown → inspection@1.0.0 at ");
    assertThat(fleet.operator().restraints()).isEmpty();
    fleet.clock.advance(Duration.ofHours(24));
    assertThat(fleet.operator().acquire(by("balena")).state()).isEqualTo(State.GRANTED);
  }

  @Test
  void askingAgainRenewsAndAnotherHasToWait() {
    PermitView first = fleet.operator().acquire(by("balena"));
    fleet.clock.advance(Duration.ofMinutes(90));
    PermitView again = fleet.operator().acquire(by("balena"));
    assertThat(again.restraint()).isEqualTo(first.restraint());
    assertThat(again.until().orElseThrow()).isAfter(first.until().orElseThrow());
    assertThat(fleet.operator().restraints()).hasSize(1);
    PermitView other = fleet.operator().acquire(by("mender"));
    assertThat(other.state()).isEqualTo(State.WAIT);
    assertThat(other.until()).isEqualTo(again.until());
    assertThat(other.why().getFirst())
        .startsWith("edge-1 is being changed by balena: OS 6.1, until ");
    // Nobody lets go of what is another's.
    fleet.operator().letGo(by("mender"));
    assertThat(fleet.operator().permit(by("balena")).state()).isEqualTo(State.GRANTED);
    fleet.clock.advance(Duration.ofHours(2));
    assertThat(fleet.operator().permit(by("balena")).state()).isEqualTo(State.NONE);
    assertThat(fleet.operator().acquire(by("mender")).state()).isEqualTo(State.GRANTED);
  }

  @Test
  void whatWasChangedBeginsTheInterlockBeforeTheDeviceSaysSo() {
    fleet.operator().acquire(by("balena"));
    fleet.operator().letGo(by("balena", Optional.of("OS 6.1")));
    String id = begin("one");
    RolloutView locked = await(id, r -> says(r, "interlock"));
    assertThat(locked.devicesTouched()).isZero();
    assertThat(locked.verdicts())
        .filteredOn(v -> v.gate().equals("interlock"))
        .allMatch(v -> v.reason().startsWith("edge-1 has changed: balena unknown → OS 6.1 at "));
    // Only who held can have changed.
    fleet.operator().letGo(by("mender", Optional.of("OS 7")));
    assertThat(fleet.operator().explainDevice(ONE).slots().get(Fleet.SLOT))
        .noneMatch(line -> line.contains("OS 7"));
  }

  @Test
  void aSelectorIsGrantedAsAWhole() {
    fleet.device("edge-2", Map.of("site", "oslo"));
    var oslo =
        new PermitRequest(
            Optional.empty(),
            Optional.of(Selector.parse("site=oslo")),
            "balena",
            "",
            PermitRequest.DEFAULT,
            Optional.empty());
    fleet.operator().acquire(by("mender"));
    PermitView waits = fleet.operator().acquire(oslo);
    assertThat(waits.state()).isEqualTo(State.WAIT);
    assertThat(waits.why()).hasSize(1);
    fleet.operator().letGo(by("mender"));
    assertThat(fleet.operator().acquire(oslo).state()).isEqualTo(State.GRANTED);
    assertThat(fleet.operator().permit(by("mender")).state()).isEqualTo(State.WAIT);
  }

  @Test
  void whatCannotBeIsRefused() {
    refused(
        Code.NOT_FOUND,
        () ->
            fleet
                .operator()
                .acquire(
                    new PermitRequest(
                        Optional.of(new DeviceId("nobody")),
                        Optional.empty(),
                        "x",
                        "",
                        PermitRequest.DEFAULT,
                        Optional.empty())));
    refused(
        Code.BAD_INPUT,
        () ->
            new PermitRequest(
                Optional.of(ONE),
                Optional.empty(),
                "x",
                "",
                Duration.ofHours(24).plusMillis(1),
                Optional.empty()));
  }

  @Test
  void anUpdatersTokenOpensNothingElse() {
    Secret token = updater();
    try (var updater = new OperatorClient(fleet.address(), token, Optional.empty())) {
      assertThat(updater.acquire(by("mender")).state()).isEqualTo(State.GRANTED);
      refused(Code.FORBIDDEN, updater::devices);
      refused(Code.FORBIDDEN, () -> updater.release(1));
      refused(Code.FORBIDDEN, () -> updater.addOperator(new Name("more"), OperatorRole.UPDATER));
    }
    assertThat(fleet.operator().operators())
        .filteredOn(o -> o.role() == OperatorRole.UPDATER)
        .singleElement()
        .satisfies(o -> assertThat(o.name()).isEqualTo(new Name("mender")));
    fleet.operator().revokeOperator(new Name("mender"));
    try (var updater = new OperatorClient(fleet.address(), token, Optional.empty())) {
      refused(Code.UNAUTHENTICATED, () -> updater.acquire(by("mender")));
    }
  }

  @Test
  void mendersScriptsAskAgainGoOnAndLetGo() throws Exception {
    Path token = Files.writeString(folder.resolve("updater.token"), updater().reveal() + "\n");
    Path conf =
        Files.writeString(
            folder.resolve("mender.conf"),
            "HATCHERY_SERVER=%s%nHATCHERY_DEVICE=edge-1%nHATCHERY_TOKEN_FILE=%s%n"
                .formatted(fleet.address(), token));
    String id = begin("one");
    await(id, r -> r.devicesTouched() == 1);
    assertThat(run("ArtifactInstall_Enter_00_hatchery", conf)).isEqualTo(21);
    fleet.operator().abort(id, "make way");
    assertThat(run("ArtifactInstall_Enter_00_hatchery", conf)).isZero();
    assertThat(run("ArtifactInstall_Enter_00_hatchery", conf)).as("again").isZero();
    assertThat(fleet.operator().restraints()).hasSize(1);
    assertThat(run("ArtifactCommit_Leave_99_hatchery", conf)).isZero();
    assertThat(fleet.operator().restraints()).isEmpty();
    assertThat(fleet.operator().explainDevice(ONE).slots().get(Fleet.SLOT))
        .anyMatch(l -> l.startsWith("interlock: it has changed: mender unknown → a Mender update"));
    assertThat(run("ArtifactInstall_Enter_00_hatchery", conf)).isZero();
    assertThat(run("ArtifactFailure_Leave_99_hatchery", conf)).isZero();
    assertThat(fleet.operator().restraints()).isEmpty();

    // Who cannot be asked has not said yes; who may not ask is told so.
    Files.writeString(token, "hto_guess");
    assertThat(run("ArtifactInstall_Enter_00_hatchery", conf)).isEqualTo(1);
    fleet.close();
    assertThat(run("ArtifactInstall_Enter_00_hatchery", conf)).isEqualTo(21);
    assertThat(run("ArtifactCommit_Leave_99_hatchery", conf)).isZero();
  }

  // With sh, as Mender runs them: no arguments.
  private int run(String script, Path conf) throws Exception {
    File log = folder.resolve("script.log").toFile();
    var builder =
        new ProcessBuilder("sh", SCRIPTS.resolve(script).toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().put("HATCHERY_MENDER_CONF", conf.toString());
    builder.environment().put("HATCHERY_MENDER_LIB", SCRIPTS.resolve("hatchery.sh").toString());
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(log.toPath())).doesNotContain("hto_");
    return process.exitValue();
  }

  private Secret updater() {
    return fleet
        .operator()
        .addOperator(new Name("mender"), OperatorRole.UPDATER)
        .token()
        .orElseThrow();
  }

  private static boolean says(RolloutView rollout, String gate) {
    return rollout.verdicts().stream().anyMatch(v -> v.gate().equals(gate));
  }

  private String begin(String name) {
    return fleet.operator().startRollout(Fleet.spec(name, "inspection@1.0.0", Fleet.ALL)).id();
  }

  private RolloutView await(String id, Predicate<RolloutView> until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    RolloutView last = fleet.operator().rollout(id);
    while (!until.test(last)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + last);
      last = fleet.operator().rollout(id);
    }
    return last;
  }
}

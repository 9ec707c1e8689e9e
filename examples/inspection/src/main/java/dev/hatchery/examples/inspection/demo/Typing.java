package dev.hatchery.examples.inspection.demo;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.DeviceView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.VerdictView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the demo types. A command that finds the server gone is typed again for a while: somebody
 * may have killed it, and the supervisor brings it back.
 */
final class Typing {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration ROLLOUT_PATIENCE = Duration.ofMinutes(8);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final DataSize ANSWER_MAX = DataSize.mib(4);

  private final CommandLine cli;
  private final Story story;
  private final Supervisor supervisor;
  private final Path ci;
  private final Path tokenFile;
  private final Map<String, String> environment;

  Typing(CommandLine cli, Story story, Supervisor supervisor, Path folder, int port) {
    this.cli = cli;
    this.story = story;
    this.supervisor = supervisor;
    this.ci = folder.resolve("ci");
    this.tokenFile = folder.resolve("operator.token");
    this.environment =
        Map.of(
            "HATCHERY_SERVER",
            "http://127.0.0.1:" + port,
            "HATCHERY_TOKEN_FILE",
            tokenFile.toString());
  }

  Path tokenFile() {
    return tokenFile;
  }

  void awaitServer() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        if (Files.exists(tokenFile)) {
          cli.run(environment, "channels", "--json");
          return;
        }
      } catch (Refusal notYet) {
        if (notYet.code() != Code.UNREACHABLE && notYet.code() != Code.BAD_INPUT) throw notYet;
      }
      if (System.nanoTime() > deadline) {
        throw Refusal.of(
            Code.UNREACHABLE,
            "the server did not come up; it said:\n" + supervisor.lastLines("server"));
      }
      Thread.sleep(PAUSE);
    }
  }

  void makeTrust() throws InterruptedException {
    String keys = ci.resolve("keys").toString();
    for (String role : List.of("root", "release", "policy"))
      type("keys", "new", role, "--dir", keys);
    type("director", "-o", keys + "/director.pub");
    String trust = ci.resolve("trust.json").toString();
    type(
        "trust",
        "new",
        "--root",
        keys + "/root.pem",
        "--release",
        keys + "/release.pub",
        "--policy",
        keys + "/policy.pub",
        "--director",
        keys + "/director.pub",
        "-o",
        trust);
    type("trust", "load", trust);
    String policy = ci.resolve("policy.json").toString();
    type("policy", "new", "--key", keys + "/policy.pem", "-o", policy);
    type("policy", "load", policy);
  }

  void publish(Path folder, String release) throws InterruptedException {
    String bundle = folder.resolve("bundle").toString();
    type("bundle", "pack", "-f", folder.resolve("bundle.yaml").toString(), "-o", bundle);
    type("bundle", "sign", bundle, "--key", ci.resolve("keys/release.pem").toString());
    type("bundle", "verify", bundle, "--trust", ci.resolve("trust.json").toString());
    type("push", bundle);
    type("releases", "create", release);
  }

  Path enrolmentFile(int uses) throws InterruptedException {
    Path file = ci.resolve("enrolment.json");
    type("enrolment", "new", "--uses", String.valueOf(uses), "-o", file.toString());
    return file;
  }

  void awaitDevices(int devices) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.multipliedBy(2).toNanos();
    while (System.nanoTime() < deadline) {
      long seen = devices().stream().filter(d -> d.lastSeen().isPresent()).count();
      if (seen == devices) return;
      Thread.sleep(PAUSE);
    }
    throw Refusal.of(Code.UNREACHABLE, "not all devices joined").fix("see the logs folder");
  }

  List<DeviceView> devices() throws InterruptedException {
    return Api.DEVICES.parse(bytes(patiently("devices", "--json")), ANSWER_MAX, "devices").items();
  }

  /** Applies a rollout file and follows it to its end, with somebody who looks on. */
  DemoReport.RolloutFigures rollOut(String yaml, SecondPerson colleague)
      throws IOException, InterruptedException {
    String name = yaml.lines().findFirst().orElseThrow().replace("rollout: ", "");
    Path file = ci.resolve(name + ".yaml");
    Files.writeString(file, yaml);
    type("rollout", "apply", "-f", file.toString());
    story.line("short times for the demo, in " + file.getFileName() + ": " + timing());
    canaries(status(name));
    String shown = "";
    long deadline = System.nanoTime() + ROLLOUT_PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      RolloutView rollout = status(name);
      String told = told(rollout);
      if (!told.equals(shown)) story.line(told);
      shown = told;
      colleague.look(rollout);
      if (rollout.phase().over()) return figures(rollout);
      Thread.sleep(PAUSE);
    }
    throw Refusal.of(Code.SLOW, "a rollout did not end in time").at(name).got(shown);
  }

  // A stage of the whole fleet has no canaries.
  private void canaries(RolloutView rollout) {
    if (rollout.stages().size() == 1) return;
    rollout
        .coverage()
        .ifPresent(
            c -> {
              story.line(c.stage() + " covers " + String.join(", ", c.strata(true)));
              story.line(c.missed());
            });
  }

  private static String timing() {
    return String.join(
        ", ",
        RolloutFiles.TIMING
            .lines()
            .filter(l -> l.startsWith("  "))
            .map(l -> l.replaceFirst("#.*", "").strip())
            .toList());
  }

  RolloutView status(String name) throws InterruptedException {
    return Api.ROLLOUT.parse(
        bytes(patiently("rollout", "status", name, "--json")), ANSWER_MAX, "rollout");
  }

  private static String told(RolloutView r) {
    String where = "%s %s".formatted(r.release(), r.phase());
    return switch (r.phase()) {
      case RUNNING, PAUSED ->
          "%s, stage %s: %d of %d devices%s"
              .formatted(
                  where, r.runningStage().name(), r.devicesConfirmed(), r.fleet(), waiting(r));
      case ROLLING_BACK, ROLLED_BACK ->
          where + r.abort().map(a -> ": " + a.gate() + ", " + a.reason()).orElse("");
      case COMPLETED -> "%s: %d of %d devices".formatted(where, r.devicesConfirmed(), r.fleet());
    };
  }

  // Holds only: the counting verdicts change with every look.
  private static String waiting(RolloutView r) {
    List<String> holds =
        r.verdicts().stream()
            .filter(v -> v.kind() == VerdictView.Kind.HOLD || v.kind() == VerdictView.Kind.FAIL)
            .map(VerdictView::gate)
            .filter(gate -> !gate.equals("soak"))
            .toList();
    return holds.isEmpty() ? "" : ", held by " + String.join(", ", holds);
  }

  private static DemoReport.RolloutFigures figures(RolloutView r) {
    Instant end = r.finishedAt().orElseThrow();
    Optional<DemoReport.Failure> failure =
        r.abort()
            .map(
                a ->
                    new DemoReport.Failure(
                        a.gate(),
                        r.devicesTouched(),
                        seconds(a.firstBadAt().orElse(a.at()), a.at()),
                        seconds(a.at(), end),
                        r.bytesForRollback()));
    return new DemoReport.RolloutFigures(
        r.release().toString(),
        r.phase().name(),
        r.traffic(),
        r.fullCost(),
        seconds(r.createdAt(), end),
        failure);
  }

  private static double seconds(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis() / 1000.0);
  }

  void type(String... command) throws InterruptedException {
    show(command);
    tell(patiently(command));
  }

  /** Once: what a server that is gone may have done already is for the caller to see. */
  void typeOnce(String... command) {
    show(command);
    tell(cli.run(environment, command));
  }

  /** As somebody else. */
  void typeAs(Path token, String... command) throws InterruptedException {
    Map<String, String> theirs = new HashMap<>(environment);
    theirs.put("HATCHERY_TOKEN_FILE", token.toString());
    show(command);
    tell(patiently(theirs, command));
  }

  private void show(String... command) {
    story.command(String.join(" ", Arrays.stream(command).map(this::brief).toList()));
  }

  private void tell(String answer) {
    answer.lines().filter(l -> !l.isBlank()).limit(1).forEach(l -> story.line(brief(l)));
  }

  private String brief(String text) {
    return text.replace(ci + "/", "ci/");
  }

  private String patiently(String... command) throws InterruptedException {
    return patiently(environment, command);
  }

  private String patiently(Map<String, String> variables, String... command)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return cli.run(variables, command);
      } catch (Refusal refusal) {
        boolean gone = refusal.code() == Code.UNREACHABLE || refusal.code() == Code.TRUNCATED;
        if (!gone || System.nanoTime() > deadline) throw refusal;
        Thread.sleep(PAUSE);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

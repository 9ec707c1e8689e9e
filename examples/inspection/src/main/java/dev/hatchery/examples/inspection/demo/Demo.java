package dev.hatchery.examples.inspection.demo;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Traffic;
import dev.hatchery.examples.inspection.HeldOut;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.wire.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * From a trained model to a fleet that heals itself, told in six chapters. The server, six or more
 * agents and their inference services are processes of their own; everything else is typed into the
 * command line as a person would.
 */
public final class Demo {
  private static final double FRAMES_PER_SECOND = 8;

  private final DemoOptions options;
  private final CommandLine cli;
  private final Story story;
  private final Children children;

  public Demo(DemoOptions options, CommandLine cli, PrintStream out) {
    this.options = options;
    this.cli = cli;
    this.children = Children.ofThisProcess(options.folder().resolve("native"));
    this.story = new Story(out, System::nanoTime);
  }

  /**
   * Tells the story; the console then stays up until the thread is interrupted, unless {@code
   * --exit}.
   */
  public void run() throws IOException, InterruptedException {
    requireNew(options.folder());
    try (var supervisor = new Supervisor(options.folder(), children.environment())) {
      var hook = new Thread(supervisor::close, "stop-children");
      Runtime.getRuntime().addShutdownHook(hook);
      DemoReport report = tell(supervisor);
      if (options.report().isPresent()) {
        Files.writeString(options.report().get(), Json.pretty(report.node()));
      }
      if (!options.exit()) {
        story.line(
            "the console stays up at "
                + console()
                + " until Ctrl-C; everything is in "
                + options.folder());
        Thread.sleep(Long.MAX_VALUE);
      }
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private DemoReport tell(Supervisor supervisor) throws IOException, InterruptedException {
    var typing = new Typing(cli, story, supervisor, options.folder(), options.port());

    story.chapter(1, "Keys in CI, a server, and one document that says whom to believe");
    supervisor.start(
        "server",
        children.server(options.folder().resolve("server"), options.port(), typing.tokenFile()));
    typing.awaitServer();
    story.line("server on " + console() + ", with SQLite and the registry in a folder");
    typing.makeTrust();

    story.chapter(2, "A model trained from nothing");
    Releases releases = Releases.full();
    TrainedRelease first = trained("1.0.0", releases::baseline);
    publish(typing, first, 1, "trained from nothing");

    story.chapter(
        3, options.devices() + " devices, each an agent and an inference service with a camera");
    List<DemoDevice> fleet =
        DemoDevice.fleet(options.devices(), options.folder().resolve("devices"));
    Path enrolment = typing.enrolmentFile(fleet.size());
    for (DemoDevice device : fleet) {
      Path config = device.configure(enrolment);
      long seed = fleet.indexOf(device) + 1L;
      supervisor.start(
          device.id() + "-runner",
          children.runner(device.slot(), device.port(), FRAMES_PER_SECOND, seed));
      supervisor.start(device.id() + "-agent", children.agent(config));
    }
    typing.awaitDevices(fleet.size());
    story.line(fleet.size() + " devices enrolled, each with a key it made itself");

    List<DemoReport.RolloutFigures> figures = new ArrayList<>();
    story.chapter(4, "1.0.0 to all, then 1.1.0 in stages");
    var bob = new SecondPerson(typing, story, options.folder().resolve("ci"));
    figures.add(typing.rollOut(RolloutFiles.everywhere("1.0.0"), bob));
    TrainedRelease second = trained("1.1.0", () -> releases.fineTuned(first));
    publish(typing, second, 2, "fine-tuned from 1.0.0 on more images");
    bob.letIn();
    figures.add(typing.rollOut(RolloutFiles.approved("1.1.0"), bob));

    story.chapter(5, "1.2.0: good on the CI data, bad in the field");
    TrainedRelease third = trained("1.2.0", () -> releases.widened(second));
    publish(typing, third, 3, "1.1.0 made wider");
    figures.add(typing.rollOut(RolloutFiles.staged("1.2.0"), bob));
    bob.undoAndBack("inspection-1.2.0");

    story.chapter(6, "What it cost");
    var report = new DemoReport(fleet.size(), figures, bob.events());
    figures.forEach(this::sum);
    if (supervisor.restarts() > 0)
      story.line(supervisor.restarts() + " restarts of processes on the way");
    return report;
  }

  private TrainedRelease trained(String version, Supplier<TrainedRelease> training) {
    double before = story.elapsed().toMillis() / 1000.0;
    TrainedRelease release = training.get();
    double seconds = story.elapsed().toMillis() / 1000.0 - before;
    double accuracy = HeldOut.full().accuracy(release.onnx());
    story.line(
        String.format(
            Locale.ROOT,
            "inspection@%s: %.1f s on one core, %s of ONNX, %.1f%% right on held-out images",
            version,
            seconds,
            new DataSize(release.onnx().size()).human(),
            accuracy * 100));
    return release;
  }

  private void publish(Typing typing, TrainedRelease release, int counter, String how)
      throws IOException, InterruptedException {
    Path folder = BundleFolder.write(options.folder().resolve("ci"), release, counter, how);
    typing.publish(folder, release.id().toString());
  }

  private void sum(DemoReport.RolloutFigures rollout) {
    story.line(
        String.format(
            Locale.ROOT,
            "%s %s in %.1f s, %s",
            rollout.release(),
            rollout.outcome(),
            rollout.seconds(),
            bytes(rollout)));
    rollout
        .failure()
        .ifPresent(
            f ->
                story.line(
                    String.format(
                        Locale.ROOT,
                        "  gate %s: %d devices touched, %.1f s from the first bad sample to the"
                            + " abort, %.1f s from the abort until the last canary was confirmed on"
                            + " 1.1.0, %d bytes downloaded for the rollback",
                        f.gate(),
                        f.devicesTouched(),
                        f.secondsToAbort(),
                        f.secondsToRollBack(),
                        f.bytesForRollback())));
  }

  private static String bytes(DemoReport.RolloutFigures rollout) {
    Traffic traffic = rollout.traffic();
    String all = new DataSize(traffic.total()).human() + " downloaded";
    if (traffic.delta() == 0 || rollout.fullCost() <= traffic.total()) return all;
    long saved = Math.round(100.0 * (rollout.fullCost() - traffic.total()) / rollout.fullCost());
    return String.format(
        Locale.ROOT,
        "%s, %s of it as deltas; whole files would have been %s: %d%% saved",
        all,
        new DataSize(traffic.delta()).human(),
        new DataSize(rollout.fullCost()).human(),
        saved);
  }

  private String console() {
    return "http://127.0.0.1:" + options.port();
  }

  private static void requireNew(Path folder) throws IOException {
    if (Files.exists(folder)) {
      throw Refusal.of(Code.CONFLICT, "the demo's folder is already there")
          .at(folder.toString())
          .expected("a folder that does not exist")
          .fix("remove it, or name another with --dir");
    }
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("README"),
        "A folder of hatchery demo; it may be deleted.\n",
        StandardCharsets.UTF_8);
  }
}

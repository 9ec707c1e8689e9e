package dev.hatchery.runner;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.NativeLibraries;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;

/**
 * The service as a process. It prints {@code listening 127.0.0.1:PORT} when it answers, and runs
 * until it is stopped.
 */
public final class Main {
  private static final System.Logger LOG = System.getLogger(Main.class.getName());

  private Main() {}

  public static void main(String[] args) throws InterruptedException {
    try {
      run(Options.parse(List.of(args)));
    } catch (Refusal refusal) {
      System.err.println(refusal.getMessage());
      System.exit(refusal.code().exitCode());
    }
  }

  private static void run(Options options) throws InterruptedException {
    RunnerServer.setProcessLimits();
    options.nativeDir().ifPresent(NativeLibraries::keepIn);
    InstantSource clock = Clock.systemUTC();
    var slot = new SlotFolder(options.slotDir());
    var serving = new Serving(slot, clock);
    var metrics = new RunnerMetrics(processStart(clock));
    var shadowMetrics = new ShadowMetrics();
    var shadow =
        new Beside(
            slot.shadow(), new Serving(slot.shadow(), clock), shadowMetrics, System::nanoTime);
    var inference = new Inference(serving, metrics, shadow, System::nanoTime);
    var frames = options.source().map(source -> frames(source, serving, inference, metrics));
    if (slot.hasLink()) {
      loadFirst(serving);
    }
    loadFirst(shadow);
    shadow.start();
    var routes = new Routes(serving, inference, metrics, shadow, shadowMetrics);
    var server = RunnerServer.start(options.port(), routes);
    frames.ifPresent(Thread::start);
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  frames.ifPresent(Thread::interrupt);
                  server.close();
                  shadow.close();
                  serving.close();
                  stopped.countDown();
                }));
    System.out.println("listening 127.0.0.1:" + server.port());
    stopped.await();
  }

  // A bundle that cannot be served is the agent's to deal with: it asks /healthz, sees that
  // nothing is served, and puts the last good one in its place.
  private static void loadFirst(Serving serving) throws InterruptedException {
    try {
      serving.reload();
    } catch (Refusal refusal) {
      LOG.log(System.Logger.Level.ERROR, "the current bundle is not served", refusal);
    }
  }

  // The agent sees that it is missing and takes it away.
  private static void loadFirst(Beside shadow) throws InterruptedException {
    try {
      shadow.reload();
    } catch (Refusal refusal) {
      LOG.log(System.Logger.Level.ERROR, "the shadow is not run", refusal);
    }
  }

  private static Thread frames(
      Options.Source source, Serving serving, Inference inference, RunnerMetrics metrics) {
    InputSource.Frames frames = find(source.name()).open(source.seed());
    // So that a model is warmed up with such frames before the first one comes.
    serving.sawBatch(frames.at(0).shape().getFirst());
    var loop =
        new FrameLoop(
            frames,
            source.framesPerSecond(),
            inference,
            metrics,
            FrameLoop.Pace.of(System::nanoTime));
    var thread = new Thread(loop::run, "frames");
    thread.setDaemon(true);
    // A device whose inputs stopped must not look alive; whoever supervises it starts it again.
    thread.setUncaughtExceptionHandler(
        (_, failure) -> {
          LOG.log(System.Logger.Level.ERROR, "the frame loop died", failure);
          System.exit(Code.INTERNAL.exitCode());
        });
    return thread;
  }

  private static InputSource find(String name) {
    List<InputSource> known =
        ServiceLoader.load(InputSource.class).stream().map(ServiceLoader.Provider::get).toList();
    return known.stream()
        .filter(source -> source.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Refusal.of(Code.NOT_FOUND, "there is no such input source")
                    .at("--source")
                    .expected("one of " + known.stream().map(InputSource::name).toList())
                    .got(name)
                    .fix("put the source's jar on the class path"));
  }

  private static Instant processStart(InstantSource clock) {
    return ProcessHandle.current().info().startInstant().orElseGet(clock::instant);
  }
}

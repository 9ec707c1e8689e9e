package dev.hatchery.agent.slot;

import dev.hatchery.agent.host.HostLook;
import dev.hatchery.agent.host.HostWatch;
import dev.hatchery.agent.service.Look;
import dev.hatchery.agent.service.Service;
import dev.hatchery.agent.telemetry.RestartWatch;
import dev.hatchery.agent.telemetry.Scrape;
import dev.hatchery.agent.telemetry.StallWatch;
import dev.hatchery.agent.telemetry.Windows;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Window;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at a slot's service: each look may end a window, shows a restart, and tells whether the
 * service has stalled.
 */
public final class Watcher {
  /** How many heartbeats without an inference are a stall (gates reference, section 4). */
  private static final int STALL_HEARTBEATS = 3;

  private final Service service;
  private final Measures windows;
  private final Consumer<Window> sink;
  private final Clocks clocks;
  private final Supplier<Duration> heartbeat;
  private final Supplier<HostLook> host;
  private final HostWatch hostWatch = new HostWatch();
  private final RestartWatch restarts = new RestartWatch();
  private final StallWatch stall = new StallWatch();
  private Measure measure = new Measure(Duration.ofMinutes(1), Duration.ofMinutes(1));
  private Optional<Digest> lastBundle = Optional.empty();
  private long windowBegan;
  private Look last = Look.AWAY;
  private Optional<Golden> golden = Optional.empty();

  /** How the order at hand wants it measured. */
  record Measure(Duration window, Duration warmUp) {}

  /**
   * What one look showed.
   *
   * @param restarted somebody started the service since the last look that it answered
   */
  record Seen(Look look, boolean restarted, boolean stalled) {}

  /** The windows of what is served, and of what runs beside it. */
  public record Measures(Windows served, Windows shadow) {}

  public Watcher(
      Service service,
      Measures windows,
      Consumer<Window> sink,
      Clocks clocks,
      Supplier<Duration> heartbeat,
      Supplier<HostLook> host) {
    this.host = host;
    this.service = service;
    this.windows = windows;
    this.sink = sink;
    this.clocks = clocks;
    this.heartbeat = heartbeat;
    this.windowBegan = clocks.nanos();
  }

  /** One on a host that tells nothing of itself. */
  public Watcher(
      Service service,
      Measures windows,
      Consumer<Window> sink,
      Clocks clocks,
      Supplier<Duration> heartbeat) {
    this(service, windows, sink, clocks, heartbeat, () -> HostLook.NOTHING);
  }

  void measure(Measure next) {
    measure = next;
  }

  Look last() {
    return last;
  }

  Service service() {
    return service;
  }

  Seen look() throws InterruptedException {
    return look(false);
  }

  /** Ends the window here, because something is about to change or has changed. */
  void cut() throws InterruptedException {
    look(true);
  }

  /** Until the present window ends. */
  public Duration untilWindowEnds() {
    long left = windowBegan + measure.window.toNanos() - clocks.nanos();
    return Duration.ofNanos(Math.max(0, left));
  }

  private Seen look(boolean cut) throws InterruptedException {
    Look look = service.look();
    hostWatch.saw(host.get());
    last = look;
    if (!look.reachable()) {
      restarts.missed();
      return new Seen(look, false, false);
    }
    OptionalDouble started = look.scrape().map(Scrape::started).orElse(OptionalDouble.empty());
    boolean restarted = restarts.answered(started);
    boolean stalled = look.scrape().map(this::stalled).orElse(false);
    boolean due = cut || restarted || untilWindowEnds().isZero();
    look.scrape()
        .ifPresent(
            scrape -> {
              if (due || !scrape.bundle().equals(lastBundle)) endWindow(scrape, look.shadow());
            });
    return new Seen(look, restarted, stalled);
  }

  private boolean stalled(Scrape scrape) {
    Duration beats = heartbeat.get().multipliedBy(STALL_HEARTBEATS);
    Duration patience = beats.compareTo(Rules.STALL_LEAST) < 0 ? Rules.STALL_LEAST : beats;
    return stall.stalled(scrape, clocks.nanos(), patience);
  }

  private void endWindow(Scrape scrape, Optional<Scrape> shadow) {
    windowBegan = clocks.nanos();
    lastBundle = scrape.bundle();
    Map<Metric, Double> readings = hostWatch.end();
    shadow
        .flatMap(
            s -> windows.shadow.take(s, readings, clocks.now(), clocks.nanos(), measure.warmUp))
        .ifPresent(window -> sink.accept(window.asShadow()));
    Optional<Golden> told = golden.filter(g -> scrape.bundle().equals(Optional.of(g.bundle)));
    told.ifPresent(g -> g.addTo(readings));
    Optional<Window> window =
        windows.served.take(scrape, readings, clocks.now(), clocks.nanos(), measure.warmUp);
    if (window.isPresent() && told.isPresent()) golden = Optional.empty();
    window.ifPresent(sink);
  }

  /** How many golden samples the bundle was asked, which the next window of it tells. */
  void golden(Digest bundle, int asked, int failed) {
    golden = Optional.of(new Golden(bundle, asked, failed));
  }

  private record Golden(Digest bundle, int asked, int failed) {
    void addTo(Map<Metric, Double> readings) {
      readings.put(Metric.GOLDEN, (double) asked);
      readings.put(Metric.GOLDEN_FAILED, (double) failed);
    }
  }

  Service.Reloaded reload(Duration patience) throws InterruptedException {
    Service.Reloaded done = service.reload(patience);
    if (service.reloadStartsProcess()) restarts.expected();
    stall.reset();
    return done;
  }
}

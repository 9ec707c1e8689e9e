package dev.hatchery.lab.fleet;

import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Simulates fleets, one for each seed. */
public final class FleetLab implements AutoCloseable {
  private static final String SERVER = "dev.hatchery.server";
  // What these say of starting and stopping is nothing to whoever reads figures.
  private static final List<String> LIBRARIES =
      List.of("org.flywaydb", "org.eclipse.jetty", "io.javalin");

  private final FleetSetting setting;
  private final Consumer<String> says;
  private final Depot depot;
  // Held here: the JDK forgets a logger's level when nobody holds the logger.
  private final Logger logger = Logger.getLogger(SERVER);
  private final Level level = logger.getLevel() == null ? Level.INFO : logger.getLevel();
  private final List<Logger> hushed = LIBRARIES.stream().map(Logger::getLogger).toList();
  private final Troubles troubles = new Troubles();

  /** What a server would only write into its log is a defect here. */
  private static final class Troubles extends Handler {
    private int count;
    private String first = "";

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() < Level.SEVERE.intValue()) return;
      if (count++ == 0) first = line.getMessage() + " " + line.getThrown();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /**
   * A lab.
   *
   * @param says hears of seeds that fail, with what replays them
   */
  public FleetLab(FleetSetting setting, Consumer<String> says) {
    this.setting = setting;
    this.says = says;
    logger.setLevel(Level.SEVERE);
    logger.addHandler(troubles);
    hushed.forEach(library -> library.setLevel(Level.WARNING));
    this.depot = Depot.open();
  }

  /** One seed. */
  public FleetResult run(long seed) {
    return run(seed, Tampering.NONE);
  }

  FleetResult run(long seed, Tampering tampering) {
    try (var simulation = new Simulation(setting, depot, seed, tampering)) {
      FleetResult result = simulation.run();
      if (troubles.count > 0) {
        throw new IllegalStateException("a server failed: " + troubles.first);
      }
      if (!result.clean()) tell(seed, result);
      return result;
    } catch (RuntimeException | Error e) {
      says.accept("seed " + seed + " failed: " + e);
      says.accept("  replay: " + replay(seed));
      throw e;
    }
  }

  private void tell(long seed, FleetResult result) {
    says.accept("seed " + seed + " violates what must hold: " + result.violations());
    result.told().forEach(line -> says.accept("  " + line));
    says.accept("  replay: " + replay(seed));
  }

  private String replay(long seed) {
    return "hatchery lab fleet --devices "
        + setting.devices()
        + " --days "
        + setting.days()
        + " --seed "
        + seed
        + (setting.mode() == FleetSetting.Mode.SAFETY ? " --mode safety" : "")
        + (setting.signing() == FleetSetting.Signing.REAL ? " --signatures real" : "");
  }

  @Override
  public void close() {
    logger.removeHandler(troubles);
    logger.setLevel(level);
    hushed.forEach(library -> library.setLevel(null));
    depot.close();
  }
}

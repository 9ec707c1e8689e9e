package dev.hatchery.server;

import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Bytes;
import dev.hatchery.registry.FolderStore;
import dev.hatchery.registry.RegistryLimits;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.http.Route;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The whole server without a socket and with no thread of its own, for a simulator that carries the
 * messages and moves the clock. Patches are not made, and nobody is asked for a token: who sends a
 * request is what its {@code Exchange} says.
 */
public final class StillServer {
  private final Server server;

  /**
   * What outlives a server.
   *
   * @param registry a folder of blobs, which several servers may read
   * @param scratch a folder that stays empty
   */
  public record Kept(
      Db db, FolderStore registry, Path scratch, SigningKey director, Signatures signatures) {}

  private StillServer(Server server) {
    this.server = server;
  }

  /** The registry of a {@link Kept}. */
  public static FolderStore registry(Path folder) {
    return FolderStore.open(folder, RegistryLimits.usual());
  }

  /**
   * Comes up from what was kept.
   *
   * @param idle how often devices report that no rollout concerns
   */
  public static StillServer open(
      Kept kept, Duration idle, InstantSource clock, RandomGenerator random) {
    var options =
        new Options(
            kept.scratch,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            idle,
            Duration.ZERO,
            Options.INTERLOCK,
            false);
    var ground =
        new Ground(
            kept.db,
            kept.registry,
            kept.director,
            kept.signatures,
            Bytes.of(new byte[32]),
            kept.scratch,
            (base, target, patch) -> {
              throw new AssertionError("nobody makes patches here");
            });
    return new StillServer(Server.still(options, ground, clock, random));
  }

  public List<Route> routes() {
    return server.routes();
  }

  /** One look of the control loop at every rollout. */
  public void decide() {
    server.decide();
  }

  /** What is done once a minute. */
  public void housekeep() {
    server.housekeep();
  }
}

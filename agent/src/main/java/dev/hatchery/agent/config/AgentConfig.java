package dev.hatchery.agent.config;

import dev.hatchery.agent.peer.Peering;
import dev.hatchery.agent.service.Contract;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Version;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What agent.yaml says.
 *
 * @param state the agent's folder, {@code /var/lib/hatchery} on a device
 * @param enrolment the enrolment file
 * @param longPoll how long the agent asks to be parked
 * @param reserve what must stay free on the disk; by default the larger of 64 MiB and 5% of it
 */
public record AgentConfig(
    Path state,
    DeviceId device,
    Labels labels,
    Overrides facts,
    Path enrolment,
    Reconnect reconnect,
    Duration longPoll,
    Optional<DataSize> reserve,
    Speed download,
    Transfers transfers,
    Map<Name, SlotConfig> slots) {
  private static final Duration MAX_LONG_POLL = Duration.ofHours(6);

  /** Facts that the agent cannot find out by itself, or finds out wrongly. */
  public record Overrides(
      Optional<String> board,
      List<String> accelerators,
      Map<String, Version> runtimes,
      Optional<Version> driver,
      Optional<Version> firmware) {
    public static final Overrides NONE = new Overrides(Optional.empty(), List.of(), Map.of());

    public Overrides {
      accelerators = List.copyOf(accelerators);
      runtimes = Collections.unmodifiableMap(new TreeMap<>(runtimes));
    }

    public Overrides(
        Optional<String> board, List<String> accelerators, Map<String, Version> runtimes) {
      this(board, accelerators, runtimes, Optional.empty(), Optional.empty());
    }
  }

  /** How long to wait after failures: at random up to {@code min}, doubling up to {@code max}. */
  public record Reconnect(Duration min, Duration max) {
    public static final Reconnect DEFAULT =
        new Reconnect(Duration.ofSeconds(1), Duration.ofSeconds(300));

    public Reconnect {
      if (!min.isPositive() || min.compareTo(max) > 0) {
        throw Refusal.of(Code.BAD_SPEC, "these waiting times cannot work")
            .expected("0 < min <= max")
            .got(min + " and " + max);
      }
    }
  }

  /** The least a download must bring, or it is broken off and begun again. */
  public record Speed(DataSize least, Duration within) {
    public static final Speed DEFAULT = new Speed(DataSize.kib(30), Duration.ofSeconds(30));

    public Speed {
      if (!within.isPositive()) {
        throw Refusal.of(Code.BAD_SPEC, "a download needs some time").got(within);
      }
    }
  }

  /**
   * Where bytes come from and when.
   *
   * @param zone that windows are meant in; by default the label's
   * @param siteCache what blobs are asked of before the server
   * @param peers how it lives with its neighbours; not at all unless the file says so
   */
  public record Transfers(Optional<ZoneId> zone, Optional<SiteCache> siteCache, Peering peers) {
    public static final Transfers DEFAULT =
        new Transfers(Optional.empty(), Optional.empty(), Peering.OFF);
  }

  /**
   * A caching proxy of the site.
   *
   * @param url its paths are the server's
   * @param token whether it is shown the device's access token; where the link to it is not
   *     encrypted, others see it too
   */
  public record SiteCache(URI url, boolean token) {}

  /**
   * A slot: which channel it follows, and its service.
   *
   * @param kind what it takes
   */
  public record SlotConfig(Name channel, Contract service, Pipeline kind) {}

  public AgentConfig {
    slots = Collections.unmodifiableMap(new TreeMap<>(slots));
    if (slots.isEmpty() || slots.size() > DesiredState.MAX_SLOTS) {
      throw Refusal.of(Code.BAD_SPEC, "an agent has a wrong number of slots")
          .expected("1 to " + DesiredState.MAX_SLOTS)
          .got(slots.size());
    }
    if (!longPoll.isPositive() || longPoll.compareTo(MAX_LONG_POLL) > 0) {
      throw Refusal.of(Code.BAD_SPEC, "this long poll cannot work")
          .expected("1s to " + MAX_LONG_POLL.toHours() + "h")
          .got(longPoll);
    }
  }
}

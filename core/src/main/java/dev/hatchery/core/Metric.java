package dev.hatchery.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a device reads once a window beside requests and latency, by its name in reports and in
 * rollout.yaml. The host's and the accelerator's are named here; those of a service are its own and
 * are declared by their prefix, {@code kpi.NAME}.
 */
public record Metric(String name) implements Comparable<Metric> {
  public static final String KPI = "kpi.";
  private static final Pattern KPI_NAME = Pattern.compile("kpi\\.[a-z][a-z0-9-]{0,39}");
  private static final double MOST = 1e12;

  /** What a reading's numbers are. */
  public enum Unit {
    /** 0 to 1, written as a percentage. */
    SHARE,
    CELSIUS,
    /** How often something happened that should not. */
    EVENTS,
    /** How many golden samples. */
    SAMPLES,
    /** Whatever the service means by it. */
    NUMBER
  }

  private static final Map<String, Unit> KNOWN =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("cpu", Unit.SHARE),
              Map.entry("memory", Unit.SHARE),
              Map.entry("npu-utilisation", Unit.SHARE),
              Map.entry("temperature", Unit.CELSIUS),
              Map.entry("npu-temperature", Unit.CELSIUS),
              Map.entry("throttled", Unit.EVENTS),
              Map.entry("under-voltage", Unit.EVENTS),
              Map.entry("oom", Unit.EVENTS),
              Map.entry("npu-errors", Unit.EVENTS),
              Map.entry("golden", Unit.SAMPLES),
              Map.entry("golden-failed", Unit.SAMPLES),
              Map.entry("shadow.agreement", Unit.SHARE)));

  public static final Metric CPU = new Metric("cpu");
  public static final Metric MEMORY = new Metric("memory");
  public static final Metric TEMPERATURE = new Metric("temperature");
  public static final Metric NPU_UTILISATION = new Metric("npu-utilisation");
  public static final Metric NPU_TEMPERATURE = new Metric("npu-temperature");
  public static final Metric THROTTLED = new Metric("throttled");
  public static final Metric UNDER_VOLTAGE = new Metric("under-voltage");
  public static final Metric OOM = new Metric("oom");
  public static final Metric NPU_ERRORS = new Metric("npu-errors");

  /** Golden samples asked in the window; {@link #GOLDEN_FAILED} of them got a wrong answer. */
  public static final Metric GOLDEN = new Metric("golden");

  public static final Metric GOLDEN_FAILED = new Metric("golden-failed");

  /** The share of a shadow's answers that were those of the served release. */
  public static final Metric SHADOW_AGREEMENT = new Metric("shadow.agreement");

  public Metric {
    if (!KNOWN.containsKey(name) && !KPI_NAME.matcher(name).matches()) {
      Refusal refusal =
          Refusal.of(Code.UNKNOWN_METRIC, "a metric is not known")
              .expected(
                  "one of " + String.join(", ", KNOWN.keySet()) + ", or kpi.NAME of the service")
              .got(name);
      throw Nearest.to(name, KNOWN.keySet())
          .map(near -> refusal.fix("did you mean " + near + "?"))
          .orElse(refusal);
    }
  }

  /** Whether only a service that runs a shadow reads it. */
  public boolean ofShadow() {
    return equals(SHADOW_AGREEMENT);
  }

  /** Those that a gate may name, without the service's own. */
  public static List<String> ofGates() {
    return KNOWN.keySet().stream().filter(name -> !name.equals(GOLDEN_FAILED.name)).toList();
  }

  /** The metric of this name, if it is one. */
  public static Optional<Metric> find(String name) {
    return KNOWN.containsKey(name) || KPI_NAME.matcher(name).matches()
        ? Optional.of(new Metric(name))
        : Optional.empty();
  }

  public Unit unit() {
    return KNOWN.getOrDefault(name, Unit.NUMBER);
  }

  /** Whether a reading can be this. */
  public boolean allows(double value) {
    return switch (unit()) {
      case SHARE -> value >= 0 && value <= 1;
      case CELSIUS -> value >= -100 && value <= 200;
      case EVENTS, SAMPLES -> value >= 0 && value <= MOST && value == Math.rint(value);
      case NUMBER -> value >= -MOST && value <= MOST;
    };
  }

  @Override
  public int compareTo(Metric other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}

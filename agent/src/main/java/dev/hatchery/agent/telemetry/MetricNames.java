package dev.hatchery.agent.telemetry;

/**
 * How a service calls what Hatchery counts.
 *
 * @param requests a counter of inferences, failed ones included
 * @param errors a counter of failed inferences
 * @param inputs a counter of what was offered to the service
 * @param latency a histogram, in seconds
 * @param info a gauge of 1 whose label {@code bundle} names what is served
 * @param readings its own numbers, which gates may watch
 * @param started a gauge of the process's start, in seconds since 1970
 * @param prefix what the names of its own numbers and of its bins begin with
 */
public record MetricNames(
    String requests,
    String errors,
    String inputs,
    String latency,
    String info,
    String started,
    ServiceReadings readings,
    String prefix) {
  private static final String USUAL = "hatchery_";
  private static final String SHADOW = "hatchery_shadow_";

  public static final MetricNames DEFAULT =
      new MetricNames(
          "hatchery_inference_requests_total",
          "hatchery_inference_errors_total",
          "hatchery_inputs_total",
          "hatchery_inference_latency_seconds",
          "hatchery_model_info",
          "process_start_time_seconds",
          ServiceReadings.NONE);

  /** One whose own numbers have the usual names. */
  public MetricNames(
      String requests,
      String errors,
      String inputs,
      String latency,
      String info,
      String started,
      ServiceReadings readings) {
    this(requests, errors, inputs, latency, info, started, readings, USUAL);
  }

  /**
   * How a service calls what it counts of the bundle it runs as a shadow. These names are fixed: a
   * service that runs shadows was written for this agent.
   */
  public MetricNames ofShadow() {
    return new MetricNames(
        SHADOW + "requests_total",
        SHADOW + "errors_total",
        SHADOW + "inputs_total",
        SHADOW + "latency_seconds",
        SHADOW + "info",
        started,
        ServiceReadings.OF_SHADOW,
        SHADOW);
  }

  /** What the names of counters of answers by bin begin with. */
  String bins() {
    return prefix + "bins_";
  }
}

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
 */
public record MetricNames(
    String requests,
    String errors,
    String inputs,
    String latency,
    String info,
    String started,
    ServiceReadings readings) {
  public static final MetricNames DEFAULT =
      new MetricNames(
          "hatchery_inference_requests_total",
          "hatchery_inference_errors_total",
          "hatchery_inputs_total",
          "hatchery_inference_latency_seconds",
          "hatchery_model_info",
          "process_start_time_seconds",
          ServiceReadings.NONE);
}

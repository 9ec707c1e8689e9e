package dev.hatchery.runner;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the service tells about itself, as Prometheus text (exposition format 0.0.4). Counters only
 * rise, over reloads too; a restart shows in {@code process_start_time_seconds}.
 */
final class RunnerMetrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Instant started;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final AtomicLong badRequests = new AtomicLong();
  private final AtomicLong inputs = new AtomicLong();
  private final Latencies latencies =
      new Latencies(
          "hatchery_inference_latency_seconds",
          "Time of one inference with its pre- and post-processing.");

  RunnerMetrics(Instant started) {
    this.started = started;
  }

  /** An inference begins. */
  void request() {
    requests.incrementAndGet();
  }

  /** An inference ended well. */
  void answered(long nanos) {
    latencies.add(nanos);
  }

  /** An inference ended badly. */
  void error() {
    errors.incrementAndGet();
  }

  /** Somebody sent what is not a request. */
  void badRequest() {
    badRequests.incrementAndGet();
  }

  /** The device's own source had frames, whether or not they were looked at. */
  void inputs(long frames) {
    inputs.addAndGet(frames);
  }

  /** Everything, with what is served now. */
  String text(Optional<LoadedModel> model) {
    var text = new StringBuilder(16 * 1024);
    // What ends is read before what began: no scrape sees more answers and errors than requests.
    latencies.write(text);
    counter(text, "hatchery_inference_errors_total", "Inferences that failed.", errors);
    counter(text, "hatchery_inference_requests_total", "Inferences begun.", requests);
    counter(text, "hatchery_inputs_total", "Frames offered by the device's source.", inputs);
    counter(text, "hatchery_bad_requests_total", "Requests that were refused.", badRequests);
    model.ifPresent(
        served -> {
          gauge(text, "hatchery_model_info", "The bundle that is served.");
          text.append("hatchery_model_info{bundle=\"").append(served.bundle()).append("\"} 1\n");
          time(
              text,
              "hatchery_model_loaded_timestamp_seconds",
              "When the served model was loaded.",
              served.loadedAt());
        });
    time(text, "process_start_time_seconds", "When the service was started.", started);
    return text.toString();
  }

  static void counter(StringBuilder text, String name, String help, AtomicLong value) {
    head(text, name, help, "counter");
    text.append(name).append(' ').append(value.get()).append('\n');
  }

  static void gauge(StringBuilder text, String name, String help) {
    head(text, name, help, "gauge");
  }

  private static void time(StringBuilder text, String name, String help, Instant time) {
    gauge(text, name, help);
    text.append(name).append(' ').append(time.toEpochMilli() / 1e3).append('\n');
  }

  static void head(StringBuilder text, String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }
}

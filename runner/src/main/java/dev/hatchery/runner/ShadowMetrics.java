package dev.hatchery.runner;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the service tells about the model that runs as a shadow (docs/shadow.md). Like the served
 * model's, the counters only rise; which bundle they tell of says {@code hatchery_shadow_info}.
 */
final class ShadowMetrics {
  private final Latencies latencies =
      new Latencies("hatchery_shadow_latency_seconds", "Time of one inference of the shadow.");
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final AtomicLong inputs = new AtomicLong();
  private final AtomicLong compared = new AtomicLong();
  private final AtomicLong agreed = new AtomicLong();

  /** Something was there for it to see, whether or not it was looked at. */
  void input() {
    inputs.incrementAndGet();
  }

  void request() {
    requests.incrementAndGet();
  }

  void answered(long nanos) {
    latencies.add(nanos);
  }

  void error() {
    errors.incrementAndGet();
  }

  /** Both models had an answer. */
  void compared(boolean agree) {
    compared.incrementAndGet();
    if (agree) agreed.incrementAndGet();
  }

  /** Everything; nothing at all while no shadow runs. */
  String text(Optional<LoadedModel> shadow) {
    if (shadow.isEmpty()) return "";
    var text = new StringBuilder(16 * 1024);
    // What ends is read before what began: no scrape sees more of the one than of the other.
    latencies.write(text);
    RunnerMetrics.counter(
        text, "hatchery_shadow_agreed_total", "Answers that were the served ones.", agreed);
    RunnerMetrics.counter(
        text, "hatchery_shadow_compared_total", "Answers beside a served one.", compared);
    RunnerMetrics.counter(
        text, "hatchery_shadow_errors_total", "Inferences of the shadow that failed.", errors);
    RunnerMetrics.counter(
        text, "hatchery_shadow_requests_total", "Inferences of the shadow begun.", requests);
    RunnerMetrics.counter(
        text, "hatchery_shadow_inputs_total", "Inputs that the shadow might have seen.", inputs);
    RunnerMetrics.gauge(text, "hatchery_shadow_info", "The bundle that runs as a shadow.");
    text.append("hatchery_shadow_info{bundle=\"").append(shadow.get().bundle()).append("\"} 1\n");
    return text.toString();
  }
}

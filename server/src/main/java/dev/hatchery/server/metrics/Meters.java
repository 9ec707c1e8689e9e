package dev.hatchery.server.metrics;

import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Route;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** This server's figures. */
public final class Meters {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter reports =
      Counter.builder()
          .name("hatchery_reports_total")
          .help("Reports taken from devices, repeated ones included")
          .register(registry);
  private final Histogram batches =
      Histogram.builder()
          .name("hatchery_db_commit_operations")
          .help("Operations that shared one commit of the database")
          .classicOnly()
          .classicUpperBounds(1, 2, 5, 10, 20, 50, 100, 200, 500)
          .register(registry);

  public void reports(int taken) {
    reports.inc(taken);
  }

  public void commit(int operations) {
    batches.observe(operations);
  }

  /** A figure that is looked up whenever it is asked for. */
  public void gauge(String name, String help, Supplier<Number> figure) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(figure.get().doubleValue()))
        .register(registry);
  }

  /** A figure for each word that a label may have. */
  public void gauge(String name, String help, String label, Supplier<Map<String, Long>> figures) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(
            callback ->
                figures.get().forEach((word, figure) -> callback.call(figure.doubleValue(), word)))
        .register(registry);
  }

  public List<Route> routes() {
    return List.of(Route.get("/metrics", Access.OPEN, _ -> scrape()));
  }

  private Answer scrape() {
    var writer = PrometheusTextFormatWriter.create();
    var out = new ByteArrayOutputStream();
    try {
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail to be written to
    }
    return Answer.text(writer.getContentType(), out.toByteArray());
  }
}

package dev.hatchery.server.queries;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.QueryAnswer;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.time.Instant;
import java.util.List;

/**
 * Reads the answer of {@code /api/v1/query} (Prometheus HTTP API, "Instant queries"): a scalar, or
 * a vector of one element. Whatever else came is no answer, and says why; it throws nothing.
 */
final class PrometheusAnswer {
  static final DataSize MAX = DataSize.kib(256);

  /** Far outside of what a clock says, and far inside of what an {@link Instant} holds. */
  private static final double LATEST = 1e11;

  private static final int SHOWN = 200;

  private PrometheusAnswer() {}

  static QueryAnswer read(byte[] json) {
    try {
      return Fields.readOpen(Json.parse(json, MAX, "answer"), PrometheusAnswer::read);
    } catch (Refusal refusal) {
      return new QueryAnswer.Nothing(
          shown("the endpoint's answer cannot be read: " + refusal.problem().line()));
    }
  }

  private static QueryAnswer read(Fields f) {
    String status = f.text("status");
    if (!status.equals("success")) {
      String error = f.text("errorType", "") + " " + f.text("error", "");
      return new QueryAnswer.Nothing(
          shown("the endpoint answers " + status + ": " + error.strip()));
    }
    return f.get("data", data -> Fields.readOpen(data, PrometheusAnswer::data));
  }

  private static QueryAnswer data(Fields f) {
    String type = f.text("resultType");
    return switch (type) {
      case "scalar" -> f.get("result", PrometheusAnswer::sample);
      case "vector" -> vector(f.list("result", node -> node));
      default -> new QueryAnswer.Nothing(shown("the query gives a " + type + ", not one number"));
    };
  }

  private static QueryAnswer vector(List<Node> elements) {
    return switch (elements.size()) {
      case 0 ->
          new QueryAnswer.Nothing("the query gives nothing: no series matches, or none is fresh");
      case 1 -> Fields.readOpen(elements.getFirst(), f -> f.get("value", PrometheusAnswer::sample));
      default ->
          new QueryAnswer.Nothing(
              "the query gives " + elements.size() + " series; aggregate them to one number");
    };
  }

  private static QueryAnswer sample(Node node) {
    List<Node> pair = Fields.list(node, item -> item);
    if (pair.size() != 2) return new QueryAnswer.Nothing("the endpoint's answer is no sample");
    double seconds = Fields.real(pair.getFirst());
    String text = Fields.text(pair.getLast());
    if (!(seconds >= 0 && seconds <= LATEST)) {
      return new QueryAnswer.Nothing("the answer's time is none");
    }
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return new QueryAnswer.Value(value, Instant.ofEpochMilli((long) (seconds * 1e3)));
      }
    } catch (NumberFormatException e) {
      // told below, like NaN and infinities
    }
    return new QueryAnswer.Nothing(shown("the query's value is " + text + ", no number"));
  }

  // It is another system's text, and ends in decisions and terminals.
  static String shown(String text) {
    String clipped = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return clipped.replaceAll("\\p{Cntrl}", "?");
  }
}

package dev.hatchery.runner;

import dev.hatchery.core.Code;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.Scores;
import dev.hatchery.runner.ort.Tensor;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import dev.hatchery.wire.tree.Tree;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/** What the service answers to which request; it knows nothing of sockets. */
final class Routes {
  private static final int FAILED = 500;

  private final Serving serving;
  private final Inference inference;
  private final RunnerMetrics metrics;
  private final Beside shadow;
  private final ShadowMetrics shadowMetrics;

  // A frame as a tree of JSON values takes some 25 MB; one at a time fits a heap of 96 MB.
  private final Semaphore parsing = new Semaphore(1, true);

  Routes(
      Serving serving,
      Inference inference,
      RunnerMetrics metrics,
      Beside shadow,
      ShadowMetrics shadowMetrics) {
    this.shadow = shadow;
    this.shadowMetrics = shadowMetrics;
    this.serving = serving;
    this.inference = inference;
    this.metrics = metrics;
  }

  /** Reads a request's body; called at most once, and only by routes that need one. */
  interface Body {
    /**
     * The whole body.
     *
     * @throws Refusal with {@link Code#TOO_LARGE} when it has more than {@code max} bytes
     */
    byte[] read(long max) throws InterruptedException;
  }

  Reply answer(String method, String path, Body body) throws InterruptedException {
    return switch (path) {
      case "/infer" -> method.equals("POST") ? infer(body) : Reply.notAllowed("POST");
      case "/reload" -> method.equals("POST") ? reload() : Reply.notAllowed("POST");
      case "/healthz" -> method.equals("GET") ? health() : Reply.notAllowed("GET");
      case "/model" -> method.equals("GET") ? model() : Reply.notAllowed("GET");
      case "/metrics" -> method.equals("GET") ? metrics() : Reply.notAllowed("GET");
      default ->
          Reply.problem(
              Refusal.of(Code.NOT_FOUND, "there is nothing here")
                  .expected("/infer, /reload, /healthz, /model or /metrics")
                  .got(path));
    };
  }

  private Reply infer(Body body) throws InterruptedException {
    try {
      Tensor input = parse(body.read(InferRequest.BODY_MAX.bytes()));
      return inference.request(input).map(Routes::scores).orElseGet(Reply::noModel);
    } catch (Refusal refusal) {
      if (refusal.code() == Code.BAD_INPUT || refusal.code() == Code.TOO_LARGE) {
        metrics.badRequest();
      }
      return Reply.problem(refusal);
    }
  }

  private Tensor parse(byte[] body) throws InterruptedException {
    parsing.acquire();
    try {
      return InferRequest.parse(body);
    } finally {
      parsing.release();
    }
  }

  /** {@code label} is the first entry's; {@code labels} has one per entry of the batch. */
  private static Reply scores(Inference.Answer answer) {
    Scores scores = answer.scores();
    List<Integer> rows = IntStream.range(0, scores.rows()).boxed().toList();
    return Reply.json(
        Tree.object()
            .put("label", scores.label(0))
            .put("labels", Tree.list(rows, row -> Tree.text(scores.label(row))))
            .put("probs", Tree.list(rows, row -> Tree.list(scores.row(row), Routes::shortest)))
            .put("model", answer.model())
            .done());
  }

  /** A float by its shortest decimal; as a double it would show digits that mean nothing. */
  private static Node shortest(float value) {
    return new Node.Real(Double.parseDouble(Float.toString(value)), Place.NOWHERE);
  }

  // What is served first: a shadow that does not load takes nothing from it.
  private Reply reload() throws InterruptedException {
    try {
      serving.reload();
      shadow.reload();
      return model();
    } catch (Refusal refusal) {
      return Reply.problem(FAILED, refusal);
    }
  }

  private Reply health() {
    return serving
        .current()
        .map(served -> Reply.json(Tree.object().put("status", "ok").done()))
        .orElseGet(Reply::noModel);
  }

  private Reply model() {
    return serving
        .current()
        .map(
            served ->
                Reply.json(
                    described(served)
                        .maybe("shadow", shadow.model().map(m -> described(m).done()))
                        .done()))
        .orElseGet(Reply::noModel);
  }

  private static Tree described(LoadedModel model) {
    return Tree.object()
        .put("bundle", model.bundle())
        .put("files", Tree.object().put(Manifest.MODEL_FILE, model.file()).done())
        .put("loadedAt", model.loadedAt());
  }

  private Reply metrics() {
    return Reply.text(
        RunnerMetrics.CONTENT_TYPE,
        metrics.text(serving.current()) + shadowMetrics.text(shadow.model()));
  }
}

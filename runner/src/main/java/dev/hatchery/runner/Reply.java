package dev.hatchery.runner;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.Map;

/** What goes back to an HTTP client. */
record Reply(int status, Map<String, String> headers, Bytes body) {
  private static final int UNAVAILABLE = 503;

  static Reply json(Node node) {
    return new Reply(200, Map.of("Content-Type", "application/json"), Bytes.of(Json.write(node)));
  }

  static Reply text(String contentType, String text) {
    return new Reply(200, Map.of("Content-Type", contentType), Bytes.utf8(text));
  }

  /** The status of a refusal's own code. */
  static Reply problem(Refusal refusal) {
    return problem(refusal.code().httpStatus(), refusal);
  }

  /** A problem document; {@code status} stands in for that of the refusal's own code. */
  static Reply problem(int status, Refusal refusal) {
    Tree document = Tree.object();
    if (Wire.PROBLEM.write(refusal.problem()) instanceof Node.Obj problem) {
      problem.fields().forEach(document::put);
    }
    Bytes body = Bytes.of(Json.write(document.put("status", status).done()));
    return new Reply(status, Map.of("Content-Type", "application/problem+json"), body);
  }

  /** No model is loaded (yet). */
  static Reply noModel() {
    Refusal refusal =
        Refusal.of(Code.NOT_READY, "no model").fix("switch the slot to a bundle, POST /reload");
    return problem(UNAVAILABLE, refusal);
  }

  static Reply notAllowed(String method) {
    Refusal refusal = Refusal.of(Code.BAD_INPUT, "this path takes another method").expected(method);
    return new Reply(
        405,
        Map.of("Content-Type", "application/problem+json", "Allow", method),
        problem(405, refusal).body());
  }
}

package dev.hatchery.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks a GraphProto and the graphs within its nodes. Each is gone over twice, since nodes stand
 * before the initializers that they name: first the initializers, then the nodes.
 */
final class OnnxGraphs {
  private final Budget budget;
  private final OnnxScalings scalings;
  private final List<Found> found = new ArrayList<>();

  /**
   * A tensor of a graph.
   *
   * @param path where the graph is: empty, or nodes and attributes down to it, with a slash behind
   */
  record Found(OnnxTensor tensor, OnnxScope scope, String path) {}

  OnnxGraphs(Budget budget) {
    this.budget = budget;
    this.scalings = new OnnxScalings(budget);
  }

  List<Found> found() {
    return found;
  }

  /** How a tensor is to be read, after all graphs have been walked. */
  Optional<OnnxReading> reading(Found f) {
    scalings.leftOver(f.tensor, f.scope);
    return scalings.of(f.tensor);
  }

  void walk(Span graph) {
    walk(graph, Optional.empty(), "", 0);
  }

  // GraphProto: 1 node, 5 initializer.
  private void walk(Span graph, Optional<OnnxScope> outer, String path, int depth) {
    if (depth > Limits.DEPTH) {
      throw graph.broken(graph.start(), "graphs at most " + Limits.DEPTH + " deep", "deeper");
    }
    var scope = new OnnxScope(outer);
    var in = new ProtoCursor(graph);
    while (in.next()) {
      if (in.field() == 5) add(OnnxTensorReader.read(in.bytes(), budget), scope, path);
    }
    in = new ProtoCursor(graph);
    while (in.next()) {
      if (in.field() == 1) node(in.bytes(), scope, path, depth);
    }
  }

  private void add(OnnxTensor tensor, OnnxScope scope, String path) {
    scope.add(tensor);
    found.add(new Found(tensor, scope, path));
  }

  private void node(Span message, OnnxScope scope, String path, int depth) {
    budget.step();
    OnnxNode node = OnnxNode.read(message);
    if (node.operator().equals("Constant") && node.value().isPresent()) {
      OnnxTensor tensor = OnnxTensorReader.read(node.value().get(), budget);
      String output = node.output().map(budget::name).orElse("");
      add(output.isEmpty() ? tensor : tensor.named(output), scope, path);
    }
    scalings.node(node, scope);
    OnnxNode.attributes(message, a -> subgraphs(a, node, scope, path, depth));
  }

  // AttributeProto: 1 name, 6 g, 11 graphs.
  private void subgraphs(Span attribute, OnnxNode node, OnnxScope scope, String path, int depth) {
    String name = "";
    var in = new ProtoCursor(attribute);
    while (in.next()) {
      if (in.field() == 1) name = in.bytes().text(Limits.NAME);
      if (in.field() == 6 || in.field() == 11) {
        budget.step();
        String below = path + label(node) + "/" + name + "/";
        budget.keep(below.length());
        walk(in.bytes(), Optional.of(scope), below, depth + 1);
      }
    }
  }

  private static String label(OnnxNode node) {
    String name = node.name().map(n -> n.text(Limits.NAME)).orElse("");
    return name.isEmpty() ? node.outputName() : name;
  }
}

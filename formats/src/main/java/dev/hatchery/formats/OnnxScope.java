package dev.hatchery.formats;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The tensors that a graph's nodes may name: its own and those of the graphs around it. */
final class OnnxScope {
  private final Optional<OnnxScope> outer;
  private final Map<String, OnnxTensor> tensors = new HashMap<>();
  private final Map<String, OnnxTensor> picked = new HashMap<>();

  OnnxScope(Optional<OnnxScope> outer) {
    this.outer = outer;
  }

  void add(OnnxTensor tensor) {
    if (!tensor.name().isEmpty()) tensors.put(tensor.name(), tensor);
  }

  /** Notes that a node's output is made of a tensor's values, in another order or only some. */
  void pick(String output, OnnxTensor from) {
    picked.put(output, from);
  }

  /** The tensor of that name; empty where the name is empty or a node's output. */
  Optional<OnnxTensor> find(String name) {
    if (name.isEmpty()) return Optional.empty();
    return Optional.ofNullable(tensors.get(name)).or(() -> outer.flatMap(o -> o.find(name)));
  }

  /** The tensor whose values a name stands for, moved or chosen from. */
  Optional<OnnxTensor> findPicked(String name) {
    return Optional.ofNullable(picked.get(name)).or(() -> outer.flatMap(o -> o.findPicked(name)));
  }
}

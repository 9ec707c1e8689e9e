package dev.hatchery.pipeline.graph;

import java.util.List;

/**
 * What goes into a model or comes out of it.
 *
 * @param floats whether it is a tensor of 32-bit floats
 * @param shape with 0 for what is free
 */
public record Port(String name, boolean floats, List<Long> shape) {
  public Port {
    shape = List.copyOf(shape);
  }
}

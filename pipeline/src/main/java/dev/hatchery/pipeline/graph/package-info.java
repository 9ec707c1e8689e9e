/**
 * An ONNX model as a graph that can be changed: the only room that knows the messages of {@code
 * onnx.proto}, whose Java classes come with a library.
 *
 * <p>The door is {@link dev.hatchery.pipeline.graph.Model}: {@code read} takes a file, {@code
 * bytes} gives one back. What is not touched is kept as it was, unknown fields included. Nodes of
 * the main graph are changed in place and in its order, which is topological and has to stay so;
 * what the graphs inside of If, Loop and Scan use is known and left alone.
 *
 * <p>A file is first read by {@code formats}, which believes nothing; only then by protobuf's own
 * reader. Tensors that lie in other files are refused: one model is one file here.
 */
@NullMarked
package dev.hatchery.pipeline.graph;

import org.jspecify.annotations.NullMarked;

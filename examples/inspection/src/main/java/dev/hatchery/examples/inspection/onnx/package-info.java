/**
 * Writes the classifier as an ONNX file.
 *
 * <p>A protobuf writer of forty lines and the field numbers of onnx.proto3 are all it takes: {@link
 * dev.hatchery.examples.inspection.onnx.OnnxWriter}. The bytes depend on the network and its
 * metadata alone.
 */
@NullMarked
package dev.hatchery.examples.inspection.onnx;

import org.jspecify.annotations.NullMarked;

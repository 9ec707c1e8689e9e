/**
 * The reference inference service: it serves the model of one slot over HTTP on loopback and says
 * which bytes it serves.
 *
 * <p>{@code Serving} holds the model that answers now and replaces it without dropping a request:
 * the new one is loaded and warmed up beside the old one, then they change places, then the old one
 * is closed when its last request is done. {@code Inference} is the one way to an answer, for
 * requests and for frames of an {@link dev.hatchery.runner.InputSource} alike, so that the metrics
 * count both. {@code Beside} runs the shadow, a second model that sees copies of the inputs and
 * whose answers nobody gets. {@code RunnerServer} speaks HTTP, {@link dev.hatchery.runner.Main}
 * wires it all. Other rooms implement {@link dev.hatchery.runner.InputSource} or start {@code
 * Main}; ONNX Runtime is {@link dev.hatchery.runner.ort}'s business alone.
 */
@NullMarked
package dev.hatchery.runner;

import org.jspecify.annotations.NullMarked;

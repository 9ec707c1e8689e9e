/** Tests of ONNX Runtime's room, and the tiny models they use. */
@NullMarked
package dev.hatchery.runner.ort;

import org.jspecify.annotations.NullMarked;

/**
 * Where the tensors of a model file lie, so that a delta can know what its bytes mean: ONNX (with
 * external data), safetensors, GGUF 1 to 3 and TFLite; and what a HEF's header says.
 *
 * <p>The door is {@link dev.hatchery.formats.ModelFile}: {@code read} is strict and refuses a
 * broken file with {@code MALFORMED_MODEL}, {@code skim} takes a broken or unknown file as one
 * opaque range. {@link dev.hatchery.formats.Hef} reads what a compiled model needs of a device.
 *
 * <p>The readers believe nothing: every offset is checked by {@code Span} before it is used, every
 * count against a limit of {@code Limits} before anything is allocated for it, and the work is
 * linear in the file's metadata; the bytes of tensors are never touched. The layouts are those of
 * docs/formats.md.
 */
@NullMarked
package dev.hatchery.formats;

import org.jspecify.annotations.NullMarked;

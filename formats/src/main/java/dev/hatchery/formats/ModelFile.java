package dev.hatchery.formats;

import dev.hatchery.core.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model file holds and where.
 *
 * <p>A file is read through a memory segment, mapped or on the heap, of any length; it must not
 * change meanwhile. Reading never touches the bytes of tensors and keeps nothing of the segment.
 *
 * @param tensors those whose bytes lie in this file as plain values, sorted by offset, apart from
 *     each other, inside the file; tensors without bytes or of unknown type are left out
 * @param externals ONNX only: tensors whose bytes lie in another file, in the graph's order
 * @param metadata what the file says about itself, bounded: producer, operator sets, GGUF's keys
 */
public record ModelFile(
    Format format,
    List<Tensor> tensors,
    List<ExternalTensor> externals,
    Map<String, String> metadata) {
  public ModelFile {
    tensors = List.copyOf(tensors);
    externals = List.copyOf(externals);
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
  }

  /**
   * Reads a file of any known format; an unknown one is {@code OPAQUE} and has no tensors.
   *
   * @throws Refusal with {@code MALFORMED_MODEL} if the file claims a format and breaks it, or goes
   *     beyond a limit of docs/formats.md
   */
  public static ModelFile read(MemorySegment file) {
    Format format = Format.of(Span.of(file, Format.OPAQUE));
    Span all = Span.of(file, format);
    return switch (format) {
      case ONNX -> Onnx.read(all);
      case SAFETENSORS -> Safetensors.read(all);
      case GGUF -> Gguf.read(all);
      case TFLITE -> Tflite.read(all);
      case HEF -> Hef.model(all);
      case OPAQUE -> opaque();
    };
  }

  /** Reads as {@link #read} does, and takes a broken file as {@code OPAQUE}. */
  public static ModelFile skim(MemorySegment file) {
    try {
      return read(file);
    } catch (Refusal broken) {
      return opaque();
    }
  }

  /**
   * The layout of a file of external data: {@code onnx}'s tensors whose location is this one.
   *
   * @param location as the model names it, for example {@code model.onnx.data}
   * @throws Refusal with {@code MALFORMED_MODEL} if a tensor lies outside of the data, or overlaps
   *     another without being the same range
   */
  public static ModelFile readExternal(ModelFile onnx, String location, MemorySegment data) {
    List<Tensor> tensors = ExternalTensor.in(onnx.externals, location, Span.of(data, Format.ONNX));
    return new ModelFile(Format.ONNX, tensors, List.of(), Map.of());
  }

  private static ModelFile opaque() {
    return new ModelFile(Format.OPAQUE, List.of(), List.of(), Map.of());
  }
}

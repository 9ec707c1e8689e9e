package dev.hatchery.delta.make;

import dev.hatchery.core.Refusal;
import dev.hatchery.formats.Format;
import dev.hatchery.formats.ModelFile;
import dev.hatchery.formats.Scaling;
import dev.hatchery.formats.Tensor;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** The parts of a file, in order and apart from each other. */
record Layout(NavigableMap<Long, Part> parts, Set<Long> scales) {
  private static final int MAX_MODELS = 16;
  static final Layout NONE = new Layout(new TreeMap<>(), Set.of());

  /**
   * Of a file that says itself what it holds, or of ONNX's external data, when the model lies
   * beside it.
   */
  static Layout of(Mapped file, Path path) throws IOException {
    ModelFile model = ModelFile.skim(file.segment());
    return of(file, model.format() == Format.OPAQUE ? external(file, path) : model.tensors());
  }

  private static List<Tensor> external(Mapped data, Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null) return List.of();
    String location = String.valueOf(path.getFileName());
    int looked = 0;
    try (DirectoryStream<Path> models = Files.newDirectoryStream(folder, "*.onnx")) {
      for (Path model : models) {
        if (++looked > MAX_MODELS) break;
        try (Mapped onnx = Mapped.open(model)) {
          ModelFile graph = ModelFile.skim(onnx.segment());
          List<Tensor> tensors = ModelFile.readExternal(graph, location, data.segment()).tensors();
          if (!tensors.isEmpty()) return tensors;
        } catch (Refusal notOfThisData) {
          // A model of another file: this one is taken as plain bytes.
        }
      }
    }
    return List.of();
  }

  static Layout of(Mapped file, List<Tensor> tensors) {
    NavigableMap<Long, Part> parts = new TreeMap<>();
    for (Tensor tensor : tensors) {
      if (tensor.length() > 0) add(parts, Part.of(tensor), file.size());
    }
    Set<Long> scales = new HashSet<>();
    for (Tensor tensor : tensors) {
      tensor
          .scaling()
          .ifPresent(
              scaling -> {
                scales(parts, tensor, scaling, file.size());
                scales.add(scaling.offset());
              });
    }
    return new Layout(parts, scales);
  }

  private static void scales(
      NavigableMap<Long, Part> parts, Tensor tensor, Scaling scaling, long size) {
    Part.lane(scaling.type())
        .map(lane -> Part.ofScales(tensor.name() + "/scales", scaling, lane))
        .ifPresent(part -> add(parts, part, size));
  }

  // What would overlap is left out: it is coded as what is there already.
  private static void add(NavigableMap<Long, Part> parts, Part part, long size) {
    var before = parts.floorEntry(part.at());
    var after = parts.ceilingEntry(part.at());
    boolean free =
        part.end() <= size
            && (before == null || before.getValue().end() <= part.at())
            && (after == null || after.getKey() >= part.end());
    if (free) parts.put(part.at(), part);
  }

  List<Part> all() {
    return new ArrayList<>(parts.values());
  }

  /** Whether another part's numbers are multiples of this one's. */
  boolean isScaleOfAnother(Part part) {
    return scales.contains(part.at()) && part.lane().isFloat();
  }

  /** The part that begins here and is so long, if that is what is here. */
  boolean isPart(long at, long length) {
    Part part = parts.get(at);
    return part != null && part.length() == length;
  }
}

package dev.hatchery.delta.make;

import dev.hatchery.formats.ModelFile;
import dev.hatchery.formats.Scaling;
import dev.hatchery.formats.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** The parts of a file, in order and apart from each other. */
record Layout(NavigableMap<Long, Part> parts, Set<Long> scales) {
  static final Layout NONE = new Layout(new TreeMap<>(), Set.of());

  static Layout of(Mapped file) {
    return of(file, ModelFile.skim(file.segment()).tensors());
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

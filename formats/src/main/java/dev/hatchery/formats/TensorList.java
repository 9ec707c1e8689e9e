package dev.hatchery.formats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects a file's tensors; what it gives out is sorted, apart and inside the file. */
final class TensorList {
  private final Span file;
  private final List<Tensor> tensors = new ArrayList<>();

  TensorList(Span file) {
    this.file = file;
  }

  void add(Tensor tensor) {
    file.part(tensor.offset(), tensor.length());
    tensor.scaling().ifPresent(this::inside);
    tensors.add(tensor);
  }

  private void inside(Scaling scaling) {
    file.part(scaling.offset(), scaling.length());
    if (scaling.zeroPoints().orElse(null) instanceof ZeroPoints.Stored zeros) {
      file.part(zeros.offset(), zeros.length());
    }
  }

  List<Tensor> sorted() {
    tensors.sort(Comparator.comparingLong(Tensor::offset));
    long end = 0;
    for (Tensor tensor : tensors) {
      if (tensor.offset() < end) {
        throw file.broken(tensor.offset(), "tensors that do not overlap", "an overlap");
      }
      end = tensor.end();
    }
    return List.copyOf(tensors);
  }
}

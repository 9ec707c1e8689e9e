package dev.hatchery.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ONNX: a protobuf message (onnx/onnx.proto; field numbers are those of its messages). Tensors are
 * the initializers of the graph and of its subgraphs, and what Constant nodes hold.
 */
final class Onnx {
  private final Span file;
  private final Budget budget = new Budget();
  private final Metadata metadata = new Metadata();
  private final Names names = new Names();
  private final TensorList inside;
  private final List<ExternalTensor> outside = new ArrayList<>();

  private Onnx(Span file) {
    this.file = file;
    this.inside = new TensorList(file);
  }

  static ModelFile read(Span file) {
    return new Onnx(file).read();
  }

  // ModelProto: 7 graph; the rest is metadata.
  private ModelFile read() {
    Optional<Span> graph = Optional.empty();
    var in = new ProtoCursor(file);
    while (in.next()) {
      if (in.field() != 7) {
        metadata(in);
      } else if (graph.isPresent()) {
        throw in.broken("one graph", "two");
      } else {
        graph = Optional.of(in.bytes());
      }
    }
    var graphs = new OnnxGraphs(budget);
    graphs.walk(graph.orElseThrow(() -> file.broken(file.end(), "a graph", "none")));
    for (OnnxGraphs.Found found : graphs.found()) place(found, graphs.reading(found));
    return new ModelFile(Format.ONNX, inside.sorted(), outside, metadata.kept());
  }

  // ModelProto: 1 ir_version, 2 producer_name, 3 producer_version, 4 domain, 5 model_version,
  // 8 opset_import, 14 metadata_props.
  private void metadata(ProtoCursor in) {
    switch (in.field()) {
      case 1 -> metadata.put("onnx.ir_version", in.number());
      case 2 -> metadata.put("onnx.producer_name", in.bytes());
      case 3 -> metadata.put("onnx.producer_version", in.bytes());
      case 4 -> metadata.put("onnx.domain", in.bytes());
      case 5 -> metadata.put("onnx.model_version", in.number());
      case 8 -> operatorSet(in.bytes());
      case 14 -> property(in.bytes());
      default -> {}
    }
  }

  // OperatorSetIdProto: 1 domain, 2 version.
  private void operatorSet(Span message) {
    Optional<Span> domain = Optional.empty();
    long version = 0;
    var in = new ProtoCursor(message);
    while (in.next()) {
      if (in.field() == 1) domain = Optional.of(in.bytes());
      if (in.field() == 2) version = in.number();
    }
    String name =
        domain.filter(d -> d.length() > 0).map(d -> d.text(Limits.NAME)).orElse("ai.onnx");
    if (name.length() <= Limits.METADATA_TEXT) metadata.put("onnx.opset." + name, version);
  }

  // StringStringEntryProto: 1 key, 2 value.
  private void property(Span message) {
    Optional<Span> key = Optional.empty();
    Optional<Span> value = Optional.empty();
    var in = new ProtoCursor(message);
    while (in.next()) {
      if (in.field() == 1) key = Optional.of(in.bytes());
      if (in.field() == 2) value = Optional.of(in.bytes());
    }
    if (key.isPresent() && value.isPresent()) metadata.put("", key.get(), value.get());
  }

  private void place(OnnxGraphs.Found found, Optional<OnnxReading> reading) {
    OnnxTensor tensor = found.tensor();
    if (tensor.place().isEmpty() || tensor.type().isEmpty()) return;
    OnnxTensor.Place place = tensor.place().get();
    // A long path before many short names would be kept as often.
    budget.keep(found.path().length());
    String name = names.unique(found.path() + tensor.name());
    ElementType type = reading.map(OnnxReading::type).orElse(tensor.type().get());
    List<Long> shape = reading.map(OnnxReading::shape).orElse(tensor.shape());
    Optional<Scaling> scaling = reading.map(OnnxReading::scaling);
    long offset = place.offset();
    if (place.file().isEmpty()) {
      inside.add(new Tensor(name, type, shape, offset, place.length(), scaling));
    } else {
      outside.add(
          new ExternalTensor(name, type, shape, place.file(), offset, place.length(), scaling));
    }
  }
}

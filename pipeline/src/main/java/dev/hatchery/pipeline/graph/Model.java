package dev.hatchery.pipeline.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.formats.Format;
import dev.hatchery.formats.ModelFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An ONNX model that is being changed. Not thread-safe. */
public final class Model {
  private static final int DEPTH = 100;

  private ModelProto rest;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final Map<String, Long> opsets = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final Set<String> captured = new HashSet<>();
  private final List<ValueInfoProto> moreOutputs = new ArrayList<>();
  private long irVersion;

  private Model(ModelProto proto) {
    GraphProto graph = proto.getGraph();
    rest =
        proto.toBuilder()
            .clearOpsetImport()
            .setGraph(graph.toBuilder().clearNode().clearInitializer())
            .build();
    irVersion = proto.getIrVersion();
    for (OperatorSetIdProto set : proto.getOpsetImportList()) {
      opsets.put(standard(set.getDomain()), set.getVersion());
    }
    for (NodeProto node : graph.getNodeList()) nodes.add(new Node(node));
    for (TensorProto tensor : graph.getInitializerList()) {
      weights.put(tensor.getName(), new Weight(tensor));
    }
    names(graph, taken, new HashSet<>());
    for (NodeProto node : graph.getNodeList()) subgraphs(node, captured);
  }

  /**
   * Reads an ONNX file.
   *
   * @throws Refusal with {@link Code#MALFORMED_MODEL} where it is none, or keeps tensors in other
   *     files
   */
  public static Model read(byte[] file) {
    ModelFile seen = ModelFile.read(MemorySegment.ofArray(file));
    if (seen.format() != Format.ONNX) {
      throw Refusal.of(Code.MALFORMED_MODEL, "this is no ONNX file").got(seen.format());
    }
    if (!seen.externals().isEmpty()) {
      throw Refusal.of(Code.MALFORMED_MODEL, "the model keeps tensors in other files")
          .expected("one file")
          .got(seen.externals().getFirst().location())
          .fix("save it with its tensors inside");
    }
    return new Model(parse(file));
  }

  private static ModelProto parse(byte[] file) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(file);
      in.setRecursionLimit(DEPTH);
      return ModelProto.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw Refusal.of(Code.MALFORMED_MODEL, "this is no ONNX file").got(e.getMessage()).cause(e);
    } catch (IOException e) {
      throw new AssertionError("an array that cannot be read", e);
    }
  }

  /** A model of its own, which does not change with this one. */
  public Model copy() {
    return new Model(proto());
  }

  /** The file. Equal models give equal bytes. */
  public byte[] bytes() {
    return proto().toByteArray();
  }

  private ModelProto proto() {
    GraphProto.Builder graph = rest.getGraph().toBuilder();
    nodes.forEach(node -> graph.addNode(node.proto()));
    weights.values().forEach(weight -> graph.addInitializer(weight.proto()));
    moreOutputs.forEach(graph::addOutput);
    ModelProto.Builder model = rest.toBuilder().setGraph(graph).setIrVersion(irVersion);
    opsets.forEach(
        (domain, version) ->
            model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    return model.build();
  }

  // ---- what it is made of

  /** The operators, in an order in which each comes after what it reads. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** Its constants. */
  public Collection<Weight> weights() {
    return List.copyOf(weights.values());
  }

  /** A constant by its name. */
  public Optional<Weight> weight(String name) {
    return Optional.ofNullable(weights.get(name));
  }

  /** What has to be given; constants that may be overridden are not among it. */
  public List<Port> inputs() {
    return ports(rest.getGraph().getInputList()).stream()
        .filter(port -> !weights.containsKey(port.name()))
        .toList();
  }

  /** What it answers with. */
  public List<Port> outputs() {
    return ports(rest.getGraph().getOutputList());
  }

  private static List<Port> ports(List<ValueInfoProto> values) {
    return values.stream().map(Model::port).toList();
  }

  private static Port port(ValueInfoProto value) {
    TypeProto.Tensor tensor = value.getType().getTensorType();
    List<Long> shape =
        tensor.getShape().getDimList().stream().map(d -> Math.max(0, d.getDimValue())).toList();
    return new Port(value.getName(), tensor.getElemType() == Element.FLOAT.number(), shape);
  }

  /** Whether a value leaves the graph, or is read by a graph inside of a node. */
  public boolean isSeenOutside(String value) {
    return captured.contains(value) || outputs().stream().anyMatch(o -> o.name().equals(value));
  }

  /** The nodes that read a value. */
  public List<Node> readers(String value) {
    return nodes.stream().filter(node -> node.inputs().contains(value)).toList();
  }

  /** The node that writes a value; none where it is an input or a constant. */
  public Optional<Node> writer(String value) {
    return nodes.stream().filter(node -> node.outputs().contains(value)).findFirst();
  }

  /** The version of an operator set; 0 where the model imports none of that domain. */
  public long opset(String domain) {
    return opsets.getOrDefault(standard(domain), 0L);
  }

  // ---- changes

  /** Imports an operator set of at least this version. */
  public void requireOpset(String domain, long version) {
    opsets.merge(standard(domain), version, Math::max);
  }

  /** Is of at least this version of the file format. */
  public void requireIr(long version) {
    irVersion = Math.max(irVersion, version);
  }

  /** A name that nothing has yet: this one, or with a number behind. */
  public String fresh(String wish) {
    String name = wish;
    for (int n = 2; !taken.add(name); n++) name = wish + "_" + n;
    return name;
  }

  /** Adds a constant, or takes the place of the one of that name. */
  public void put(Weight weight) {
    weights.put(weight.name(), weight);
    taken.add(weight.name());
  }

  /** Forgets the constants that nobody reads. */
  public void sweep() {
    Set<String> read = new HashSet<>(captured);
    nodes.forEach(node -> read.addAll(node.inputs()));
    outputs().forEach(output -> read.add(output.name()));
    weights.keySet().retainAll(read);
  }

  /** Says no more what shapes values inside of the graph have. */
  public void forgetShapes() {
    rest = rest.toBuilder().setGraph(rest.getGraph().toBuilder().clearValueInfo()).build();
  }

  /** Adds a node right after another one. */
  public void after(Node node, Node added) {
    nodes.add(indexOf(node) + 1, added);
  }

  /** Adds a node before all others: it may read inputs and constants only. */
  public void first(Node added) {
    nodes.addFirst(added);
  }

  /** Puts other nodes in the place of one. */
  public void replace(Node node, List<Node> others) {
    int at = indexOf(node);
    nodes.remove(at);
    nodes.addAll(at, others);
  }

  /** Also answers with this value, of which no more is said than that it is one of floats. */
  public void reveal(String value) {
    if (isSeenOutside(value)) return;
    var tensor = TypeProto.Tensor.newBuilder().setElemType(Element.FLOAT.number());
    moreOutputs.add(
        ValueInfoProto.newBuilder()
            .setName(value)
            .setType(TypeProto.newBuilder().setTensorType(tensor))
            .build());
  }

  private int indexOf(Node node) {
    int at = nodes.indexOf(node);
    if (at < 0) throw new IllegalArgumentException("not of this model: " + node);
    return at;
  }

  private static String standard(String domain) {
    return domain.equals("ai.onnx") ? Node.STANDARD : domain;
  }

  // ---- names, at any depth

  private static void names(GraphProto graph, Set<String> all, Set<String> read) {
    graph.getInitializerList().forEach(tensor -> all.add(tensor.getName()));
    graph.getInputList().forEach(value -> all.add(value.getName()));
    graph.getOutputList().forEach(value -> all.add(value.getName()));
    for (NodeProto node : graph.getNodeList()) {
      all.add(node.getName());
      all.addAll(node.getOutputList());
      read.addAll(node.getInputList());
      for (AttributeProto attribute : node.getAttributeList()) {
        graphs(attribute).forEach(inner -> names(inner, all, read));
      }
    }
    all.addAll(read);
  }

  private static void subgraphs(NodeProto node, Set<String> read) {
    for (AttributeProto attribute : node.getAttributeList()) {
      for (GraphProto inner : graphs(attribute)) {
        names(inner, new HashSet<>(), read);
        // A branch may answer with what the outer graph holds.
        inner.getOutputList().forEach(value -> read.add(value.getName()));
      }
    }
  }

  private static List<GraphProto> graphs(AttributeProto attribute) {
    List<GraphProto> graphs = new ArrayList<>(attribute.getGraphsList());
    if (attribute.hasG()) graphs.add(attribute.getG());
    return graphs;
  }
}

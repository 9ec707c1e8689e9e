package dev.hatchery.cli;

import dev.hatchery.delta.BadPatch;
import dev.hatchery.delta.Contents;
import dev.hatchery.delta.Frame;
import dev.hatchery.delta.Header;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.Source;
import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A patch in a few numbers.
 *
 * @param ops by kind: of tensors also what they are made of and what they are predicted from
 */
record DeltaSummary(Header header, long patchBytes, Sections sections, Map<String, Kind> ops) {
  DeltaSummary {
    ops = Collections.unmodifiableMap(new TreeMap<>(ops));
  }

  /** Where a patch's bytes are. */
  record Sections(long heads, long tables, long literals, long codes, long raws) {
    Sections plus(Frame frame) {
      return new Sections(
          heads + Frame.SIZE,
          tables + frame.tableStored(),
          literals + frame.literalsStored(),
          codes + frame.codes(),
          raws + frame.raws());
    }
  }

  /**
   * Ops of one kind.
   *
   * @param bytes of the result
   */
  record Kind(int count, long bytes) {
    Kind plus(Kind other) {
      return new Kind(count + other.count, bytes + other.bytes);
    }
  }

  static DeltaSummary of(Source patch) throws BadPatch, IOException {
    Map<String, Kind> ops = new TreeMap<>();
    Sections[] sections = {new Sections(Header.SIZE, 0, 0, 0, 0)};
    Header header =
        Contents.read(
            patch,
            part -> {
              sections[0] = sections[0].plus(part.frame());
              for (Op op : part.ops()) ops.merge(kind(op), new Kind(1, op.length()), Kind::plus);
            });
    return new DeltaSummary(header, patch.size(), sections[0], ops);
  }

  private static String kind(Op op) {
    return switch (op) {
      case Op.Copy _ -> "copy";
      case Op.Literal _ -> "literal";
      case Op.Unknown unknown ->
          unknown.from().isPresent() ? "bytes like the base's" : "bytes of their own";
      case Op.Tensor tensor ->
          tensor.lane().name().toLowerCase(Locale.ROOT) + " tensor " + predictor(tensor);
    };
  }

  private static String predictor(Op.Tensor tensor) {
    String from =
        switch (tensor.source()) {
          case Op.Nothing _ -> "of its own";
          case Op.Base _ -> "from the base";
          case Op.Written _ -> "from another";
        };
    return from + scaling(tensor.scaling()) + (tensor.lowRank().isPresent() ? ", low rank" : "");
  }

  private static String scaling(Op.Scaling scaling) {
    return switch (scaling) {
      case Op.Plain _ -> "";
      case Op.Factor _ -> ", one ratio";
      case Op.Channels channels -> ", a ratio a " + (channels.columns() ? "column" : "row");
      case Op.Scales _ -> ", the scales' ratio";
    };
  }
}

package dev.hatchery.delta.make;

import dev.hatchery.delta.Lane;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.Parameters;
import dev.hatchery.delta.make.FrameBuilder.Planned;
import dev.hatchery.formats.Scaling;
import dev.hatchery.formats.ZeroPoints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides what a part is predicted from: every way that may be good is tried, the best is taken.
 */
final class TensorPlanner {
  /** Larger parts are coded in pieces, each with predictors of its own. */
  private static final int PIECE = 1 << 22;

  /** A prediction that saves less than this is worth comparing with none at all. */
  private static final double POOR = 0.75;

  private final Mapped old;
  private final Mapped now;
  private final Layout after;
  private final Trial trial;

  TensorPlanner(Mapped old, Mapped now, Layout after) {
    this.old = old;
    this.now = now;
    this.after = after;
    this.trial = new Trial(old, now);
  }

  /** What a piece would cost in bits. */
  private record Rated(Planned planned, double bits) {
    static Rated better(Rated a, Rated b) {
      return b.bits < a.bits ? b : a;
    }
  }

  /** The ops that bring a part about, and their cost in bits. */
  record Plan(List<Planned> ops, double bits) {}

  /** Plans a part, from the one it is paired with or from nothing. */
  Plan plan(Part part, Optional<Part> pair) throws IOException {
    List<Planned> ops = new ArrayList<>();
    double bits = 0;
    int step = Math.max(1, PIECE / part.width()) * part.width();
    for (long lane = 0; lane < part.lanes(); lane += step) {
      int lanes = (int) Math.min(step, part.lanes() - lane);
      Rated best = piece(part, pair, lane, lanes);
      ops.add(best.planned());
      bits += best.bits();
    }
    return new Plan(ops, bits);
  }

  private Rated piece(Part part, Optional<Part> pair, long first, int lanes) throws IOException {
    long at = part.at() + part.lane().bytes(first);
    if (pair.isEmpty()) return fresh(part, at, lanes);
    Part from = pair.get();
    Op.Tensor plain =
        new Op.Tensor(
            at,
            part.lane(),
            lanes,
            Math.min(part.width(), lanes),
            new Op.Base(from.at() + part.lane().bytes(first)),
            new Op.Plain(),
            Optional.empty());
    Rated best = rate(new Planned(plain, new Parameters(plain)));
    if (lanes >= 32) {
      Values values =
          Values.of(
              old,
              from.at() + part.lane().bytes(first),
              now,
              at,
              part.lane(),
              lanes,
              Math.min(part.width(), lanes));
      List<Rated> scaled = new ArrayList<>(List.of(best));
      for (Planned candidate : scaled(part, from, plain, first, values)) {
        scaled.add(rate(candidate));
        best = Rated.better(best, scaled.getLast());
      }
      for (Planned ranked : ranked(part, scaled, values)) best = Rated.better(best, rate(ranked));
    }
    if (best.bits() > POOR * lanes * part.lane().bits()) {
      best = Rated.better(best, fresh(part, at, lanes));
    }
    return best;
  }

  private Rated rate(Planned planned) throws IOException {
    return new Rated(planned, trial.cost((Op.Tensor) planned.op(), planned.parameters()));
  }

  // A device takes three times as long over bytes as over narrow numbers, so they have to save more
  // than chance does on weights.
  private static final double BYTES_ARE_SLOW = 0.98;

  // Numbers with nothing to predict them from; or, since not all tensors are weights, bytes.
  private Rated fresh(Part part, long at, int lanes) throws IOException {
    int centre = 0;
    if (part.lane() == Lane.U8 || part.lane() == Lane.U4) {
      int[] counts = new int[256];
      for (int lane : Lanes.read(now, part.lane(), at, Math.min(lanes, 1 << 16))) counts[lane]++;
      for (int i = 0; i < 256; i++) if (counts[i] > counts[centre]) centre = i;
    }
    Op.Tensor op =
        new Op.Tensor(
            at,
            part.lane(),
            lanes,
            Math.min(part.width(), lanes),
            new Op.Nothing(centre),
            new Op.Plain(),
            Optional.empty());
    Rated numbers = rate(new Planned(op, new Parameters(op)));
    Op.Unknown bytes = new Op.Unknown(at, part.lane().bytes(lanes), Optional.empty());
    double cost = trial.cost(bytes);
    if (cost > numbers.bits() * BYTES_ARE_SLOW) return numbers;
    return new Rated(new Planned(bytes, numbers.planned().parameters()), cost);
  }

  private List<Planned> scaled(Part part, Part from, Op.Tensor plain, long first, Values values) {
    List<Planned> all = new ArrayList<>();
    scales(part, from, first).ifPresent(scales -> all.add(with(plain, scales)));
    for (boolean columns : new boolean[] {false, true}) {
      if (columns && values.rows() < 8) continue;
      Ratios.fit(values, columns).ifPresent(fit -> all.add(with(plain, fit)));
    }
    return all;
  }

  private static Planned with(Op.Tensor plain, Op.Scaling scaling) {
    Op.Tensor op =
        new Op.Tensor(
            plain.at(),
            plain.lane(),
            plain.lanes(),
            plain.width(),
            plain.source(),
            scaling,
            plain.lowRank());
    return new Planned(op, new Parameters(op));
  }

  private static Planned with(Op.Tensor plain, Ratios.Fit fit) {
    Planned planned = with(plain, fit.scaling());
    System.arraycopy(fit.steps(), 0, planned.parameters().ratios, 0, fit.steps().length);
    return planned;
  }

  // The best scaling with the low-rank correction of what it leaves, and the one that the file's
  // own scales give: before the correction it may look worse than it is.
  private List<Planned> ranked(Part part, List<Rated> scaled, Values values) throws IOException {
    List<Planned> all = new ArrayList<>();
    if (part.lane().bits() == 4 || part.lane() == Lane.I32) return all;
    Rated best = scaled.stream().min(Comparator.comparingDouble(Rated::bits)).orElseThrow();
    for (Rated base : scaled) {
      Op.Tensor op = (Op.Tensor) base.planned().op();
      if (base.bits() > best.bits() && !(op.scaling() instanceof Op.Scales)) continue;
      double[] left = Residuals.of(base.planned(), values, old, now);
      LowRankFit.of(left, values.width(), part.lane().isFloat(), values.noise())
          .ifPresent(fit -> all.add(with(base.planned(), fit)));
    }
    return all;
  }

  private static Planned with(Planned base, LowRankFit fit) {
    Op.Tensor plain = (Op.Tensor) base.op();
    Op.Tensor op =
        new Op.Tensor(
            plain.at(),
            plain.lane(),
            plain.lanes(),
            plain.width(),
            plain.source(),
            plain.scaling(),
            Optional.of(fit.op()));
    Parameters parameters = new Parameters(op);
    System.arraycopy(base.parameters().ratios, 0, parameters.ratios, 0, parameters.ratios.length);
    System.arraycopy(fit.left(), 0, parameters.left, 0, parameters.left.length);
    System.arraycopy(fit.right(), 0, parameters.right, 0, parameters.right.length);
    System.arraycopy(fit.exponents(), 0, parameters.exponents, 0, parameters.exponents.length);
    return new Planned(op, parameters);
  }

  // The old and the new scales, when both files say where they are and they are not the same.
  private Optional<Op.Scaling> scales(Part part, Part from, long first) {
    if (part.scaling().isEmpty() || from.scaling().isEmpty()) return Optional.empty();
    Scaling after = part.scaling().get();
    Scaling before = from.scaling().get();
    Optional<Lane> lane = Part.lane(after.type());
    boolean alike =
        after.count() == before.count()
            && after.type() == before.type()
            && after.axis() == before.axis()
            && after.block() == before.block();
    if (!alike || lane.isEmpty()) return Optional.empty();
    if (!this.after.isPart(after.offset(), after.length())) return Optional.empty();
    if (now.same(after.offset(), old, before.offset(), after.length())) return Optional.empty();
    return layout(part, after, first).map(place -> scales(place, before, after, lane.get()));
  }

  // Which scale is the first one's, and how they follow.
  private record Place(Op.Layout layout, int first, int count) {}

  private static Optional<Place> layout(Part part, Scaling scaling, long first) {
    if (scaling.axis() < 0 || scaling.count() == 1) {
      return Optional.of(new Place(new Op.PerColumn(), 0, 1));
    }
    if (scaling.block() > 0) {
      if (part.lanes() != (long) scaling.block() * scaling.count()
          || first % scaling.block() != 0) {
        return Optional.empty();
      }
      int index = (int) (first / scaling.block());
      return Optional.of(
          new Place(new Op.PerBlock(scaling.block()), index, scaling.count() - index));
    }
    if (scaling.axis() == 0 && part.lanes() == part.channel() * scaling.count()) {
      if (first % part.channel() != 0 || part.channel() > Integer.MAX_VALUE) {
        return Optional.empty();
      }
      int index = (int) (first / part.channel());
      return Optional.of(
          new Place(new Op.PerBlock((int) part.channel()), index, scaling.count() - index));
    }
    // Channels along the last axis: they repeat with every row, or several times within it.
    if (part.width() % scaling.count() == 0) {
      return Optional.of(new Place(new Op.PerColumn(), 0, scaling.count()));
    }
    return Optional.empty();
  }

  private static Op.Scaling scales(Place place, Scaling before, Scaling after, Lane lane) {
    long skipped = lane.bytes(place.first());
    int zero = after.zeroPoints().map(TensorPlanner::zero).orElse(0);
    return new Op.Scales(
        place.layout(),
        before.offset() + skipped,
        after.offset() + skipped,
        lane,
        place.count(),
        zero);
  }

  // Zero points of their own for each channel are rare, and nearly always the middle.
  private static int zero(ZeroPoints points) {
    return switch (points) {
      case ZeroPoints.Same same -> same.value();
      case ZeroPoints.Stored stored ->
          switch (stored.type()) {
            case U8 -> 128;
            case U4 -> 8;
            default -> 0;
          };
    };
  }
}

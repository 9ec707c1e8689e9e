package dev.hatchery.cli.bench;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What was aimed at for a class of pairs. The class is told by the pair's name; a name that tells
 * nothing has no goal.
 */
public record Goal(String kind, List<Bound> bounds) {
  public Goal {
    bounds = List.copyOf(bounds);
  }

  /** What a patch is compared with. */
  public enum Rival {
    BSDIFF("bsdiff"),
    BEST("best"),
    FULL("best full");

    private final String label;

    Rival(String label) {
      this.label = label;
    }
  }

  /** At most so many times the rival's bytes, and so many more. */
  public record Bound(double factor, Rival rival, int more) {
    @Override
    public String toString() {
      return more > 0 ? rival.label + "+" + more : "%.2f %s".formatted(factor, rival.label);
    }
  }

  private record Kind(Pattern name, Goal goal) {}

  // The first that matches counts.
  private static final List<Kind> KINDS =
      List.of(
          of("(ftlo|ftbnf)-int8", "near", at(0.85, Rival.BSDIFF)),
          of("fthi-int8", "near", at(0.40, Rival.BSDIFF), at(0.65, Rival.BEST)),
          of("ft(lo|hi|bnf)-fp16", "near", at(0.50, Rival.BEST)),
          of("ft(lo|hi|bnf)-fp32", "near", at(0.70, Rival.BEST)),
          of("ft(lo|hi|bnf)-int4", "near", at(0.85, Rival.BEST)),
          of("lora-(fp16|int8)", "merged LoRA", at(0.30, Rival.BEST)),
          of("lora-fp32", "merged LoRA", at(0.35, Rival.BEST)),
          of("ptensor", "other scheme", at(0.15, Rival.BEST)),
          of("recal", "recalibrated", at(0.80, Rival.BEST)),
          of("ppocr", "far", at(0.90, Rival.BEST)),
          of("scratch-int|oknabu", "retrained", at(1.00, Rival.FULL)),
          of("scratch-fp|silero|nnue", "retrained", at(0.93, Rival.FULL)),
          of("head|mnv2|deeplab|retinaface|tess", "head, metadata", new Bound(1, Rival.BEST, 256)));

  private static Kind of(String name, String kind, Bound... bounds) {
    return new Kind(Pattern.compile(name), new Goal(kind, List.of(bounds)));
  }

  private static Bound at(double factor, Rival rival) {
    return new Bound(factor, rival, 0);
  }

  /** The goal of a pair of that name. */
  public static Optional<Goal> of(String pair) {
    return KINDS.stream().filter(c -> c.name.matcher(pair).find()).map(Kind::goal).findFirst();
  }

  /** Whether a row reaches it; nothing when a tool that it is measured by was not there. */
  public Optional<Boolean> met(Row row) {
    boolean all = true;
    for (Bound bound : bounds) {
      Optional<Long> rival = row.rival(bound.rival);
      if (rival.isEmpty()) return Optional.empty();
      all &= row.patchBytes() <= bound.factor * rival.get() + bound.more;
    }
    return Optional.of(all);
  }

  @Override
  public String toString() {
    return String.join(", ", bounds.stream().map(Bound::toString).toList());
  }
}

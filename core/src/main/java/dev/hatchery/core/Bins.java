package dev.hatchery.core;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often a service's answers fell into each bin, such as each class it knows or each tenth of
 * its confidence. What fewer than {@link #LEAST} answers fell into is not told apart, so that no
 * single answer can be told from it (gates reference, section 8, "Privacy").
 *
 * @param total of all answers, those of bins that are not told included
 * @param counts by bin
 */
public record Bins(long total, Map<String, Long> counts) {
  public static final long LEAST = 20;
  public static final int MAX = 64;
  private static final int MAX_LABEL = 40;

  public Bins {
    if (counts.size() > MAX) {
      throw Refusal.of(Code.TOO_LARGE, "there are too many bins")
          .expected("at most " + MAX)
          .got(counts.size());
    }
    long sum = 0;
    for (var bin : counts.entrySet()) {
      String label = bin.getKey();
      boolean plain = label.chars().allMatch(c -> c >= 0x20 && c != 0x7f);
      if (label.isEmpty() || label.length() > MAX_LABEL || !plain) {
        throw Refusal.of(Code.BAD_INPUT, "a bin cannot be called this")
            .expected("1 to " + MAX_LABEL + " printable characters")
            .got(label);
      }
      if (bin.getValue() < LEAST || bin.getValue() > total - sum) {
        throw Refusal.of(Code.BAD_INPUT, "a bin's count cannot be")
            .at(label)
            .expected(LEAST + " or more, and no more than all together")
            .got(bin.getValue());
      }
      sum += bin.getValue();
    }
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /** The same, without the bins that are too rare to be told, and at most so many as may be. */
  public static Bins of(Map<String, Long> all) {
    long total = all.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Long> told = new TreeMap<>();
    all.entrySet().stream()
        .filter(bin -> bin.getValue() >= LEAST)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(MAX)
        .forEach(bin -> told.put(bin.getKey(), bin.getValue()));
    return new Bins(total, told);
  }

  /** Of bins that are told on one side only, the other side's answers are among the rest. */
  public Bins plus(Bins other) {
    Map<String, Long> sum = new TreeMap<>(counts);
    other.counts.forEach((bin, n) -> sum.merge(bin, n, Math::addExact));
    long both = Math.addExact(total, other.total);
    if (sum.size() <= MAX) return new Bins(both, sum);
    Bins most = of(sum);
    return new Bins(both, most.counts);
  }

  /** Answers in bins that are not told. */
  public long rest() {
    return total - counts.values().stream().mapToLong(Long::longValue).sum();
  }
}

package dev.hatchery.core;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a rollout draws its cohorts.
 *
 * @param seed the same seed and fleet give the same cohorts; absent, the server draws one
 * @param strata the dimensions whose every stratum is to have a canary: names of labels, or of the
 *     facts {@link #FACTS}. Absent means {@link #DEFAULT_STRATA}, as far as the stage is large
 *     enough; an empty list means none
 * @param worstFirst which values of one label to try first
 */
public record Sampling(
    OptionalLong seed, Optional<List<String>> strata, Optional<WorstFirst> worstFirst) {
  /** Dimensions that a device's facts answer where it has no label of that name. */
  public static final List<String> FACTS = List.of("board", "accelerator", "os", "kernel");

  public static final List<String> DEFAULT_STRATA =
      List.of("site", "network", "power", "board", "accelerator", "usage");

  public static final Sampling DEFAULT =
      new Sampling(OptionalLong.empty(), Optional.empty(), Optional.empty());

  private static final int MAX_STRATA = 8;
  private static final int MAX_ORDER = 32;

  public Sampling {
    strata = strata.map(List::copyOf);
    strata.ifPresent(
        names -> {
          requireKeys(names);
          requireOnce("dimension", names, MAX_STRATA);
        });
  }

  /** The dimensions that cohorts are drawn by. */
  public List<String> dimensions() {
    return strata.orElse(DEFAULT_STRATA);
  }

  /**
   * Devices with the first of these values are canaries before others.
   *
   * @param label or fact, as a dimension is named
   * @param order its values, the worst first; whatever is not named comes last
   */
  public record WorstFirst(String label, List<String> order) {
    public WorstFirst {
      order = List.copyOf(order);
      requireKeys(List.of(label));
      requireOnce("value of " + label, order, MAX_ORDER);
      if (order.isEmpty()) {
        throw Refusal.of(Code.BAD_SPEC, "worst first needs an order")
            .expected("for example {label: network, order: [satellite, lte]}")
            .got("none");
      }
      order.forEach(value -> require(value, Labels.VALUE, "a label's value"));
    }
  }

  private static void requireKeys(List<String> names) {
    names.forEach(name -> require(name, Labels.KEY, "a label's key"));
  }

  private static void require(String text, Pattern form, String expected) {
    if (form.matcher(text).matches()) return;
    throw Refusal.of(Code.BAD_SPEC, "this names no dimension of the fleet")
        .expected(expected)
        .got(text);
  }

  private static void requireOnce(String what, List<String> names, int max) {
    if (names.size() > max) {
      throw Refusal.of(Code.BAD_SPEC, "too many to sample by")
          .expected("at most " + max)
          .got(names.size());
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw Refusal.of(Code.BAD_SPEC, "a " + what + " is named twice").got(name);
      }
    }
  }
}

package dev.hatchery.core;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Devices that a rollout holds back on the release before until its last stage, to compare with: a
 * stage passes only when it is shown that the release is not worse than the control by a margin.
 *
 * @param size how many; of a share at most {@link #MAX_DEVICES}, since more show hardly more
 * @param stages those that are compared; none named means all but the last that are large enough
 * @param alpha how likely a stage may pass although the release is worse by the margin
 * @param keep how long after all others have passed they are still held back; absent is not at all
 */
public record Control(
    RolloutSpec.Size size,
    List<Name> stages,
    List<Margin> margins,
    double alpha,
    Optional<Duration> keep) {
  public static final int MAX_DEVICES = 100;
  private static final Duration MAX_KEEP = Duration.ofDays(30);

  /** Of fewer devices on either side nothing can be said. */
  public static final int MIN_DEVICES = 3;

  public static final double DEFAULT_ALPHA = 0.05;

  public static final List<Margin> DEFAULT_MARGINS =
      List.of(new LatencyMargin(0.95, 1.25), new ErrorMargin(0.01));

  /** By how much the release may be worse than the control on one metric. */
  public sealed interface Margin {
    /** As in {@link Gate#metric}. */
    String metric();
  }

  /** The quantile, against a device's own past, may be so many times what the control's is. */
  public record LatencyMargin(double quantile, double ratio) implements Margin {
    public LatencyMargin {
      require(quantile >= 0.5 && quantile <= 0.99, "a quantile from p50 to p99", quantile);
      require(ratio > 1 && ratio <= 100, "a margin above 1, at most 100", ratio);
    }

    @Override
    public String metric() {
      return Gate.Latency.PREFIX + Math.round(quantile * 100);
    }
  }

  /** The share of failed inferences may have risen by so much more than the control's. */
  public record ErrorMargin(double share) implements Margin {
    public ErrorMargin {
      require(share > 0 && share < 1, "a margin above 0%, below 100%", share);
    }

    @Override
    public String metric() {
      return Gate.Errors.METRIC;
    }
  }

  public Control {
    stages = List.copyOf(stages);
    margins = List.copyOf(margins);
    require(!margins.isEmpty(), "a margin", "none");
    require(alpha > 0 && alpha <= 0.2, "an alpha above 0, at most 0.2", alpha);
    if (keep.isPresent()) {
      boolean fits = keep.get().isPositive() && keep.get().compareTo(MAX_KEEP) <= 0;
      require(fits, "keep above 0, at most " + Durations.format(MAX_KEEP), keep.get());
    }
    Set<String> seen = new HashSet<>();
    for (Margin margin : margins) require(seen.add(margin.metric()), "each once", margin.metric());
  }

  /** One that the last stage takes as soon as it begins. */
  public Control(RolloutSpec.Size size, List<Name> stages, List<Margin> margins, double alpha) {
    this(size, stages, margins, alpha, Optional.empty());
  }

  /** How many devices of so many are held back. */
  public int of(int fleet) {
    return Math.min(MAX_DEVICES, size.of(fleet));
  }

  private static void require(boolean holds, String expected, Object got) {
    if (!holds) {
      throw Refusal.of(Code.BAD_SPEC, "a control cannot work like this")
          .at("control")
          .expected(expected)
          .got(got);
    }
  }
}

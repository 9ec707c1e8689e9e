package dev.hatchery.rollout;

/**
 * What a device's trials say in all, and what those of the running stage say by themselves:
 *
 * <pre>E = 0.9 × E_all + 0.1/S × (E_stage + the number of stages to come)</pre>
 *
 * <p>E_all sums up all of a rollout's trials, so long good service would hide a fault that begins
 * after it; E_stage counts from the stage's beginning, and sees it as soon as a fresh rollout
 * would, but for a factor of 10 S. Each of the S processes that begin anew is 1 until its stage
 * comes, so the whole is a mixture of e-processes with weights that sum to 1, and begins at 1. What
 * those of earlier stages came to is left out, which can only make it smaller.
 *
 * @param stage index of the one that runs
 * @param stages how many there are
 */
record Mixture(int stage, int stages) {
  private static final double ALL = 0.9;

  /** ln E, from ln E_all and ln E_stage. */
  double logE(double all, double inStage) {
    double share = (1 - ALL) / stages;
    double toCome = share * (stages - 1 - stage);
    double max = Math.max(0, Math.max(all, inStage));
    if (Double.isInfinite(max)) return max;
    double sum =
        ALL * Math.exp(all - max) + share * Math.exp(inStage - max) + toCome * Math.exp(-max);
    return max + Math.log(sum);
  }
}

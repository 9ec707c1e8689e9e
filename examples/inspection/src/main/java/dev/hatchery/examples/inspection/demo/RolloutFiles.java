package dev.hatchery.examples.inspection.demo;

/**
 * The demo's rollout.yaml files: the fields a real one has, with times that fit into five minutes.
 */
final class RolloutFiles {
  /**
   * What the demo sets shorter than the defaults; printed, so that nobody takes them for advice.
   */
  static final String TIMING =
      """
      timing:
        window: 1s            # default 1m
        heartbeat: 1s         # default 1m
        silence: 25s          # default 3m
        warmUp: 2s            # default 1m
        minRequests: 20       # default 200
        minReporting: 80%
        baselineRequests: 150 # default 2000
        baselineAge: 15s      # default 24h
        maxWindow: 150s       # default 24h
        retryAfter: 4s        # default 10m
      trial:
        readyWithin: 20s      # default 60s
        minHealthy: 3s        # default 5m
        maxStarts: 6          # default 3
      """;

  private static final String GATES =
      """
      gates:
        - {metric: errors, limit: 5%}
        - {metric: latency-p95, ratio: 2, limit: 250ms}
      """;

  private RolloutFiles() {}

  static String everywhere(String version) {
    return head(version)
        + """
        stages:
          - {name: all, percent: 100, soak: 8s}
        """
        + GATES
        + TIMING;
  }

  static String staged(String version) {
    return staged(version, "");
  }

  /** Staged, and the second stage needs somebody else's yes. */
  static String approved(String version) {
    return staged(version, ", approval: {count: 1, expires: 10m}");
  }

  private static String staged(String version, String approval) {
    return head(version)
        + """
        stages:
          - {name: canary, count: 3, soak: 15s}
          - {name: part, percent: 60, soak: 8s%s}
          - {name: all, percent: 100, soak: 8s}
        sampling:
          strata: [site, network]
        """
            .formatted(approval)
        + GATES
        + TIMING;
  }

  private static String head(String version) {
    return """
    rollout: inspection-%s
    slot: vision
    channel: stable
    release: inspection@%s
    """
        .formatted(version, version);
  }
}

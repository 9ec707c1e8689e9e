package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.ReleaseId;
import java.util.Arrays;
import java.util.List;

/**
 * What a look ahead at a rollout found.
 *
 * @param devices that the spec asks for
 * @param findings in the order of {@link Check}
 */
public record PreflightView(ReleaseId release, int devices, List<Finding> findings) {
  /** What is looked at. */
  public enum Check {
    /** The rollout could be started. */
    PLAN,
    /** Every device can run the release and says so. */
    STACK,
    /** Every device has a last known good to go back to. */
    LKG,
    /** There is room for the release and for making it out of a patch. */
    SPACE,
    /** Every device was heard of lately. */
    CHECK_IN,
    /** Every device's link can bring the release in time. */
    LINK,
    /** The other pipeline has changed no device lately, nor has a rollout of it any. */
    INTERLOCK
  }

  /**
   * Something that is not as it should be.
   *
   * @param stops whether it would stop the rollout, or somebody's way back
   * @param what in plain words
   * @param fix what to do
   * @param devices how many it concerns
   * @param examples some of them
   */
  public record Finding(
      Check check, boolean stops, String what, String fix, int devices, List<DeviceId> examples) {
    public Finding {
      examples = List.copyOf(examples);
    }
  }

  public PreflightView {
    findings = List.copyOf(findings);
  }

  /** Whether nothing would stop the rollout. */
  public boolean go() {
    return findings.stream().noneMatch(Finding::stops);
  }

  /** The checks that found nothing. */
  public List<Check> passed() {
    return Arrays.stream(Check.values())
        .filter(check -> findings.stream().noneMatch(f -> f.check == check))
        .toList();
  }
}

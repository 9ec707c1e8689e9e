package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Node;
import java.util.List;

/**
 * The golden samples of a bundle: requests that the device sends through its own service before it
 * believes a model.
 *
 * @param minAgreement the share of samples whose answer must have the expected label
 */
public record Golden(List<Sample> samples, double minAgreement) {
  public static final int MAX_SAMPLES = 256;

  public Golden {
    samples = List.copyOf(samples);
    if (samples.isEmpty()
        || samples.size() > MAX_SAMPLES
        || !(minAgreement > 0 && minAgreement <= 1)) {
      throw Refusal.of(Code.BAD_INPUT, "these are not golden samples")
          .expected("1 to " + MAX_SAMPLES + " samples and a minAgreement above 0, at most 1");
    }
  }

  /**
   * One sample.
   *
   * @param request the body for the service's inference address, sent as it stands
   * @param label what the answer's {@code label} must be
   */
  public record Sample(Node request, String label) {}
}

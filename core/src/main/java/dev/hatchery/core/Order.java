package dev.hatchery.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One slot's part of a desired state: which bundle, and under which trial it must prove itself.
 *
 * @param commandId names this order; a device that failed one does not try it again, but a new
 *     command may name the same bundle for a fresh trial
 * @param manifest digest of the manifest's bytes, which are a blob of the registry
 * @param manifestSize bytes of the manifest
 * @param signatures digests of the release signatures over the manifest (Sigstore bundles, blobs as
 *     well)
 * @param window length of a measuring window on the device
 * @param warmUp how long after a start of the service its windows do not count
 * @param delivery how its bytes may come; a rollback's is always {@link Delivery#DEFAULT}, so that
 *     no window and no limit delays it
 * @param unknownFacts what the device does when it does not know whether it can run the bundle
 * @param why what a person, or a gate, has said for it; the device says it back. Cut off after 512
 *     characters
 */
public record Order(
    String commandId,
    ReleaseId release,
    Digest manifest,
    long manifestSize,
    List<Digest> signatures,
    Reason reason,
    Trial trial,
    Duration window,
    Duration warmUp,
    Delivery delivery,
    FitRule.UnknownFacts unknownFacts,
    Optional<String> why) {
  public static final int MAX_COMMAND = 128;
  private static final int MAX_WHY = 512;

  /**
   * Why the server says so. A rollback needs no download and ignores windows and limits.
   *
   * <p>A shadow's order stands in the place of the others' because it must not be mistaken for one:
   * an agent from before there were shadows does not know the word, refuses the whole document and
   * goes on with what it serves (docs/adr/0013).
   */
  public enum Reason {
    ROLLOUT,
    ROLLBACK,
    CHANNEL,
    /** The bundle is to run beside the one that is served, which stays; none of its answers is. */
    SHADOW
  }

  /** Whether the bundle is to run beside the one that is served. */
  public boolean shadow() {
    return reason == Reason.SHADOW;
  }

  /**
   * How a bundle proves itself on the device.
   *
   * @param readyWithin how long the service may take to come up and echo the new digest
   * @param minHealthy how long it must then stay healthy
   * @param maxStarts how often it may be started before the device gives up
   */
  public record Trial(Duration readyWithin, Duration minHealthy, int maxStarts) {
    public static final Trial DEFAULT = new Trial(Duration.ofSeconds(60), Duration.ofMinutes(5), 3);

    public Trial {
      if (readyWithin.isNegative() || readyWithin.isZero() || minHealthy.isNegative()) {
        throw Refusal.of(Code.BAD_SPEC, "a trial's times must be positive");
      }
      if (maxStarts < 1 || maxStarts > 100) {
        throw Refusal.of(Code.BAD_SPEC, "a trial has a wrong number of starts")
            .expected("1 to 100")
            .got(maxStarts);
      }
    }
  }

  public Order {
    signatures = List.copyOf(signatures);
    why = why.map(w -> w.length() > MAX_WHY ? w.substring(0, MAX_WHY) : w);
    if (commandId.isEmpty() || commandId.length() > MAX_COMMAND) {
      throw Refusal.of(Code.BAD_INPUT, "a command id has a wrong length")
          .expected("1 to " + MAX_COMMAND);
    }
    if (signatures.size() > Envelope.MAX_SIGNATURES) {
      throw Refusal.of(Code.BAD_INPUT, "too many signatures")
          .expected("at most " + Envelope.MAX_SIGNATURES);
    }
    if (manifestSize < 1 || manifestSize > Manifest.MAX_SIZE.bytes()) {
      throw Refusal.of(Code.SIZE, "a manifest has a wrong size")
          .expected("1 to " + Manifest.MAX_SIZE)
          .got(manifestSize);
    }
    if (reason == Reason.ROLLBACK && !delivery.equals(Delivery.DEFAULT)) {
      throw Refusal.of(Code.BAD_INPUT, "a rollback waits for nothing")
          .expected("no delivery")
          .got(delivery);
    }
  }

  /** An order that nobody has said anything for. */
  public Order(
      String commandId,
      ReleaseId release,
      Digest manifest,
      long manifestSize,
      List<Digest> signatures,
      Reason reason,
      Trial trial,
      Duration window,
      Duration warmUp,
      Delivery delivery,
      FitRule.UnknownFacts unknownFacts) {
    this(
        commandId,
        release,
        manifest,
        manifestSize,
        signatures,
        reason,
        trial,
        window,
        warmUp,
        delivery,
        unknownFacts,
        Optional.empty());
  }

  /** The same; a device which does not know whether it can run the bundle refuses it. */
  public Order(
      String commandId,
      ReleaseId release,
      Digest manifest,
      long manifestSize,
      List<Digest> signatures,
      Reason reason,
      Trial trial,
      Duration window,
      Duration warmUp,
      Delivery delivery) {
    this(
        commandId,
        release,
        manifest,
        manifestSize,
        signatures,
        reason,
        trial,
        window,
        warmUp,
        delivery,
        FitRule.UnknownFacts.HOLD);
  }
}

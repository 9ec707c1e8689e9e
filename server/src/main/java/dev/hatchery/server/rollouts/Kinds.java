package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.Name;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import java.util.Locale;
import java.util.Optional;

/**
 * Keeps a slot's channels to one pipeline: what the spec declares is what the release must be, and
 * what the slot has had from the beginning.
 */
final class Kinds {
  private final ReleaseStore releases;
  private final RolloutStore rollouts;

  Kinds(ReleaseStore releases, RolloutStore rollouts) {
    this.releases = releases;
    this.rollouts = rollouts;
  }

  void require(Rows rows, RolloutSpec spec, Release release) {
    Pipeline declared = spec.lane().pipeline();
    if (of(release) != declared) {
      throw Refusal.of(Code.BAD_SPEC, "a channel takes one kind of release")
          .at(spec.slot() + "/" + spec.channel())
          .expected("kind: " + word(declared))
          .got(release.id() + ", kind: " + word(of(release)))
          .fix(
              of(release) == Pipeline.FIRMWARE
                  ? "roll firmware out to slot os, or say kind: firmware in the file"
                  : "roll a model out to a model's slot, for example vision");
    }
    had(rows, spec.slot())
        .filter(had -> had != declared)
        .ifPresent(
            had -> {
              throw Refusal.of(Code.BAD_SPEC, "this slot has had the other kind so far")
                  .at("slot " + spec.slot())
                  .expected("kind: " + word(had))
                  .got("kind: " + word(declared))
                  .fix("name another slot");
            });
  }

  /** The same for a release that is put on a slot of single devices. */
  void require(Rows rows, Name slot, Release release) {
    Pipeline wanted = had(rows, slot).orElse(Pipeline.usual(slot));
    if (of(release) == wanted) return;
    throw Refusal.of(Code.BAD_SPEC, "this slot takes the other kind of release")
        .at("slot " + slot)
        .expected("kind: " + word(wanted))
        .got(release.id() + ", kind: " + word(of(release)));
  }

  /** What a slot's channels have named, or are on the way to name. */
  private Optional<Pipeline> had(Rows rows, Name slot) {
    return ChannelStore.named(rows, slot).stream()
        .map(releases::require)
        .map(Kinds::of)
        .findFirst()
        .or(
            () ->
                rollouts.live().stream()
                    .map(stored -> stored.rollout().spec())
                    .filter(spec -> spec.slot().equals(slot))
                    .map(spec -> spec.lane().pipeline())
                    .findFirst());
  }

  private static Pipeline of(Release release) {
    return release.manifest().kind().pipeline();
  }

  private static String word(Pipeline pipeline) {
    return pipeline.name().toLowerCase(Locale.ROOT);
  }
}

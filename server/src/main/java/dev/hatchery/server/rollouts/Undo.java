package dev.hatchery.server.rollouts;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Action;
import dev.hatchery.rollout.Phase;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.channels.Head;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.trust.TrustStore;

/**
 * Whether the end of a rollout can still be taken back: only a channel's newest rollout, only while
 * the channel's head is what the rollout left, and only to a release that the policy allows. Older
 * ones were built upon.
 */
final class Undo {
  private final RolloutStore store;
  private final Rollouts rollouts;
  private final Barred barred;
  private final ReleaseStore releases;
  private final TrustStore trust;

  Undo(
      RolloutStore store,
      Rollouts rollouts,
      Barred barred,
      ReleaseStore releases,
      TrustStore trust) {
    this.store = store;
    this.rollouts = rollouts;
    this.barred = barred;
    this.releases = releases;
    this.trust = trust;
  }

  Stored undo(Tx tx, String idOrName, String reason, String actor) {
    Stored stored = rollouts.require(tx, idOrName);
    Rollout rollout = stored.rollout();
    var channel = new ChannelId(rollout.spec().slot(), rollout.spec().channel());
    requireNewest(tx, rollout, channel);
    if (rollout.phase() == Phase.COMPLETED) requireHead(tx, rollout, channel);
    Digest next = next(rollout);
    Release release = releases.require(next);
    trust.policy().ifPresent(p -> Policies.requireAllowed(p, release.manifest(), next));
    var action = new Action.Undo(actor, reason, barred.of(rollout));
    return rollouts.act(tx, stored, action, actor);
  }

  private void requireNewest(Tx tx, Rollout rollout, ChannelId channel) {
    Rollout newest = store.newest(tx, channel).map(Stored::rollout).orElse(rollout);
    if (newest.id().equals(rollout.id())) return;
    throw Refusal.of(Code.CONFLICT, "only the newest rollout of a channel can be undone")
        .at(rollout.id())
        .expected(newest.id())
        .got(rollout.id())
        .fix("undo that one, or start a rollout of the release you want");
  }

  private void requireHead(Tx tx, Rollout rollout, ChannelId channel) {
    Digest expected = next(rollout).equals(rollout.target()) ? before(rollout) : rollout.target();
    var head = ChannelStore.head(tx, channel).map(Head::release);
    if (head.filter(expected::equals).isPresent()) return;
    throw Refusal.of(Code.CONFLICT, "the channel's head is another one by now")
        .at(channel.toString())
        .expected(releases.require(expected).id())
        .got(head.map(digest -> releases.require(digest).id().toString()).orElse("none"))
        .fix("it was taken back already, or moved: see hatchery channels");
  }

  /** What the devices will be told to run. */
  private static Digest next(Rollout rollout) {
    boolean onTarget = (rollout.phase() == Phase.COMPLETED) != rollout.undone().isPresent();
    return onTarget ? before(rollout) : rollout.target();
  }

  // A rollout without a release before is refused by the engine, in its own words.
  private static Digest before(Rollout rollout) {
    return rollout.previous().map(Rollout.Previous::manifest).orElse(rollout.target());
  }
}

package dev.hatchery.examples.inspection.demo;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.api.DeviceView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.VerdictView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A colleague with a token of their own, who approves the stages that wait for it; and the undo of
 * what a rollout came to. Whatever was asked of a server that was killed is looked at before it is
 * asked again: an approval is given once, and two undos would be none.
 */
final class SecondPerson {
  private static final String NAME = "bob";
  private static final String APPROVAL = "approval";
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Typing typing;
  private final Story story;
  private final Path token;
  private final List<DemoReport.Event> events = new ArrayList<>();
  private Optional<Held> held = Optional.empty();

  private record Held(String rollout, Duration since) {}

  SecondPerson(Typing typing, Story story, Path ci) {
    this.typing = typing;
    this.story = story;
    this.token = ci.resolve(NAME + ".token");
  }

  List<DemoReport.Event> events() {
    return List.copyOf(events);
  }

  /** Makes the colleague's token. */
  void letIn() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(token)) {
      try {
        typing.type("operators", "add", NAME, "-o", token.toString());
      } catch (Refusal refusal) {
        // The answer was lost, and with it the token.
        if (refusal.code() != Code.CONFLICT || System.nanoTime() > deadline) throw refusal;
        typing.type("operators", "revoke", NAME);
      }
    }
  }

  /** Looks at a rollout under way: approves what waits, and notes when that has cleared. */
  void look(RolloutView rollout) throws InterruptedException {
    Optional<VerdictView> waits =
        rollout.verdicts().stream()
            .filter(v -> v.gate().equals(APPROVAL) && v.kind() == VerdictView.Kind.HOLD)
            .findFirst();
    if (waits.isPresent() && rollout.phase() == RolloutView.Phase.RUNNING) {
      if (held.isPresent()) return;
      story.line("HOLD: " + waits.get().reason());
      Duration since = story.elapsed();
      held = Optional.of(new Held(rollout.release().toString(), since));
      approve(rollout);
      event(rollout, APPROVAL, since);
    } else if (held.isPresent() && rollout.phase() == RolloutView.Phase.RUNNING) {
      event(rollout, "hold", held.get().since());
      story.line(
          String.format(
              Locale.ROOT, "the HOLD has cleared after %.1f s", events.getLast().seconds()));
      held = Optional.empty();
    }
  }

  private void approve(RolloutView rollout) throws InterruptedException {
    try {
      typing.typeAs(
          token,
          "rollout",
          "approve",
          rollout.name().value(),
          "--comment",
          "the canaries look good");
    } catch (Refusal refusal) {
      // It was taken, although its answer was lost.
      if (refusal.code() != Code.ILLEGAL_STATE) throw refusal;
    }
  }

  /** Takes back how a rollout ended, and then takes that back. */
  void undoAndBack(String rollout) throws InterruptedException {
    boolean confirmed = undo(rollout, true, "one more look at it");
    if (confirmed) undo(rollout, false, "it is as slow as it was");
  }

  // False when the abort was faster than every trial: nobody had it confirmed.
  private boolean undo(String name, boolean undone, String reason) throws InterruptedException {
    Duration since = story.elapsed();
    RolloutView view = typing.status(name);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (view.undone().isPresent() != undone) {
      try {
        typing.typeOnce("rollout", "undo", name, "--reason", reason);
      } catch (Refusal refusal) {
        if (refusal.code() == Code.ILLEGAL_STATE && undone) {
          story.line(refusal.problem().line());
          return false;
        }
        boolean gone = refusal.code() == Code.UNREACHABLE || refusal.code() == Code.TRUNCATED;
        if (!gone || System.nanoTime() > deadline) throw refusal;
        Thread.sleep(PAUSE);
      }
      view = typing.status(name);
    }
    String release = (undone ? view.release() : view.previous().orElseThrow()).toString();
    int devices = settled(view, release);
    event(view, "undo", since);
    story.line(
        String.format(
            Locale.ROOT,
            "%s: %s %s again, proved, after %.1f s",
            undone ? "undone" : "the undo is undone",
            devices == 1 ? "1 device runs" : devices + " devices run",
            release,
            events.getLast().seconds()));
    return true;
  }

  // Every device whose newest order is of the undo runs what it is told to.
  private int settled(RolloutView rollout, String release) throws InterruptedException {
    List<String> members = rollout.members().stream().map(m -> m.device().value()).toList();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      List<DeviceView.Slot> ordered =
          typing.devices().stream()
              .filter(d -> members.contains(d.id().value()))
              .flatMap(d -> d.slots().values().stream())
              .filter(slot -> slot.ordered().map(Object::toString).equals(Optional.of(release)))
              .toList();
      boolean all =
          ordered.stream()
              .allMatch(slot -> slot.running().map(Object::toString).equals(Optional.of(release)));
      if (all && !ordered.isEmpty()) return ordered.size();
      Thread.sleep(PAUSE);
    }
    throw Refusal.of(Code.SLOW, "an undo did not reach its devices").at(rollout.id());
  }

  private void event(RolloutView rollout, String what, Duration since) {
    double seconds = story.elapsed().minus(since).toMillis() / 1000.0;
    events.add(new DemoReport.Event(rollout.release().toString(), what, seconds));
  }
}

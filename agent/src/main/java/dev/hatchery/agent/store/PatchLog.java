package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.DeltaOffer;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which patch an order is at, and which have failed it, over restarts: so that what was fetched of
 * a patch is not thrown away as nobody's, and a patch that failed is not fetched again.
 */
final class PatchLog {
  private static final int MAX_WHY = 300;

  private final StateFile<State> file;
  private State state;

  /**
   * A patch that is being fetched or applied.
   *
   * @param target the file it makes
   */
  record Chosen(Digest target, DeltaOffer offer) {
    private static Node write(Chosen chosen) {
      return Tree.object()
          .put("target", chosen.target)
          .maybe("base", chosen.offer.base())
          .put("patch", chosen.offer.patch())
          .put("size", chosen.offer.size())
          .done();
    }

    private static Chosen read(Node node) {
      return Fields.read(
          node,
          f ->
              new Chosen(
                  f.parsed("target", Digest::parse),
                  new DeltaOffer(
                      f.maybeParsed("base", Digest::parse),
                      f.parsed("patch", Digest::parse),
                      f.integer("size"))));
    }
  }

  /** Files whose patch failed, by digest, with the reason. */
  private record State(String command, Optional<Chosen> chosen, Map<Digest, String> failed) {
    static final Codec<State> CODEC =
        new Codec<>(
            s ->
                Tree.object()
                    .put("command", s.command)
                    .maybe("chosen", s.chosen.map(Chosen::write))
                    .put("failed", Tree.map(s.failed, Tree::text))
                    .done(),
            node ->
                Fields.read(
                    node,
                    f ->
                        new State(
                            f.text("command"),
                            f.maybe("chosen", Chosen::read),
                            f.map("failed", Digest::parse, Fields::text))));
  }

  PatchLog(Disk disk, Path folder, Name slot, String command) {
    this.file = new StateFile<>(disk, folder.resolve("patch-" + slot + ".json"), State.CODEC);
    this.state =
        file.read()
            .value()
            .filter(s -> s.command.equals(command))
            .orElseGet(() -> new State(command, Optional.empty(), Map.of()));
  }

  Optional<Chosen> chosen() {
    return state.chosen;
  }

  Optional<DeltaOffer> chosen(Digest target) {
    return state.chosen.filter(c -> c.target.equals(target)).map(Chosen::offer);
  }

  /** Durable when it returns: nothing of the patch may come before. */
  void choose(Digest target, DeltaOffer offer) {
    Optional<Chosen> next = Optional.of(new Chosen(target, offer));
    if (next.equals(state.chosen)) return;
    write(new State(state.command, next, state.failed));
  }

  /** The file is here. */
  void done() {
    if (state.chosen.isEmpty()) return;
    write(new State(state.command, Optional.empty(), state.failed));
  }

  void failed(Digest target, String why) {
    Map<Digest, String> failed = new TreeMap<>(state.failed);
    failed.put(target, why.length() > MAX_WHY ? why.substring(0, MAX_WHY) : why);
    write(new State(state.command, Optional.empty(), failed));
  }

  boolean hasFailed(Digest target) {
    return state.failed.containsKey(target);
  }

  /** Why patches failed, for people; empty when none did. */
  String note() {
    return String.join("; ", state.failed.values());
  }

  private void write(State next) {
    file.write(next);
    state = next;
  }
}

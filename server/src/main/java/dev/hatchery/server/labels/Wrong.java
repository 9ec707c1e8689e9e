package dev.hatchery.server.labels;

import dev.hatchery.core.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is wrong with a sheet: the first wrong row in full, the others by their lines. */
final class Wrong {
  private static final int TOLD_AT_MOST = 20;

  private Optional<Refusal> first = Optional.empty();
  private final List<Integer> others = new ArrayList<>();

  void tryOn(int line, Runnable work) {
    try {
      work.run();
    } catch (Refusal refusal) {
      if (first.isPresent()) others.add(line);
      else first = Optional.of(refusal);
    }
  }

  /** Throws when something was wrong. */
  void refuse() {
    if (first.isEmpty()) return;
    if (others.isEmpty()) throw first.get();
    String lines =
        others.stream().limit(TOLD_AT_MOST).map(String::valueOf).collect(Collectors.joining(", "));
    String also =
        others.size()
            + (others.size() == 1 ? " other row is" : " other rows are")
            + " wrong: line "
            + lines
            + (others.size() > TOLD_AT_MOST ? ", …" : "");
    String fix = first.get().problem().fix();
    throw first.get().fix(fix.isEmpty() ? also : fix + "; " + also);
  }
}

package dev.hatchery.cli.bench;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds the pairs below a folder: {@code DIR/NAME/old.*} and {@code DIR/NAME/new.*}. */
public final class Pairs {
  private static final int MAX_PAIRS = 1000;

  private Pairs() {}

  /**
   * The pairs in the order of their names.
   *
   * @param only the one that is wanted
   * @throws Refusal NOT_FOUND when there is none
   */
  public static List<Pair> of(Path folder, Optional<String> only) {
    List<Pair> pairs = new ArrayList<>();
    try {
      for (Path each : sorted(folder)) {
        if (Files.isDirectory(each)) pairs.addAll(within(each));
      }
    } catch (IOException e) {
      throw Refusal.of(Code.NOT_FOUND, "this folder cannot be read")
          .at(folder.toString())
          .got(e)
          .cause(e);
    }
    only.ifPresent(name -> pairs.removeIf(pair -> !pair.name().equals(name)));
    if (pairs.isEmpty()) {
      throw Refusal.of(Code.NOT_FOUND, "there is no pair of models")
          .at(folder.toString())
          .expected(only.orElse("NAME") + "/old.* and " + only.orElse("NAME") + "/new.*");
    }
    return pairs;
  }

  // A model with a file of external data is two pairs.
  private static List<Pair> within(Path folder) throws IOException {
    Map<String, Path> before = new TreeMap<>();
    Map<String, Path> after = new TreeMap<>();
    for (Path file : sorted(folder)) {
      String name = String.valueOf(file.getFileName());
      if (name.startsWith("old.")) before.put(name.substring(4), file);
      if (name.startsWith("new.")) after.put(name.substring(4), file);
    }
    String name = String.valueOf(folder.getFileName());
    if (before.size() == 1 && after.size() == 1) {
      return List.of(
          new Pair(name, before.values().iterator().next(), after.values().iterator().next()));
    }
    List<Pair> pairs = new ArrayList<>();
    before.forEach(
        (suffix, file) -> {
          Path other = after.get(suffix);
          if (other != null) pairs.add(new Pair(name + "." + suffix, file, other));
        });
    return pairs;
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> some = all.limit(MAX_PAIRS + 1L).sorted().toList();
      if (some.size() <= MAX_PAIRS) return some;
      throw Refusal.of(Code.TOO_LARGE, "this folder holds too many things")
          .at(folder.toString())
          .expected("at most " + MAX_PAIRS);
    }
  }
}

package dev.hatchery.cli.bench;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.delta.make.DeltaMaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Makes a row of a pair, in a scratch folder that is gone afterwards. */
public final class Bench {
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  /** What a small device would give it; a decoder that kept more than it says would not fit. */
  private static final List<String> JVM =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:+UseSerialGC",
          "-Xms2m",
          "-Xmn1m",
          "-Xmx32m",
          "-XX:MinHeapFreeRatio=0",
          "-XX:MaxHeapFreeRatio=0",
          "-XX:-ShrinkHeapInSteps",
          "--enable-native-access=ALL-UNNAMED");

  private final Set<Tool> tools;
  private final Consumer<String> warnings;

  /**
   * A bench.
   *
   * @param warnings is told of tools that failed
   */
  public Bench(Set<Tool> tools, Consumer<String> warnings) {
    this.tools = Set.copyOf(tools);
    this.warnings = warnings;
  }

  /** Runs everything for one pair. */
  public Row run(Pair pair) {
    try (Scratch scratch = Scratch.make()) {
      Files.createSymbolicLink(scratch.file("old"), pair.before().toAbsolutePath());
      Files.createSymbolicLink(scratch.file("new"), pair.after().toAbsolutePath());
      Path patch = scratch.file("patch");
      long begin = System.nanoTime();
      DeltaMaker.Made made = DeltaMaker.make(pair.before(), pair.after(), patch);
      double seconds = (System.nanoTime() - begin) / 1e9;
      ApplyMeter.Reading applied = apply(scratch, pair, patch);
      return new Row(
          pair.name(), made.newBytes(), made.patchBytes(), others(scratch), seconds, applied);
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "a pair cannot be measured").at(pair.name()).got(e).cause(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.of(Code.INTERNAL, "this was interrupted").at(pair.name()).cause(e);
    }
  }

  private static ApplyMeter.Reading apply(Scratch scratch, Pair pair, Path patch)
      throws IOException, InterruptedException {
    TinyPair.write(scratch.file("tiny-old"), scratch.file("tiny-new"));
    Path tiny = scratch.file("tiny-patch");
    DeltaMaker.make(scratch.file("tiny-old"), scratch.file("tiny-new"), tiny);
    List<String> command = new ArrayList<>(JVM);
    command.add(ApplyMeter.class.getName());
    command.addAll(List.of(pair.before().toAbsolutePath().toString(), patch.toString(), "result"));
    command.addAll(List.of("tiny-old", "tiny-patch", "tiny-result"));
    // Not an argument: a class path may be longer than one may be.
    Map<String, String> environment = Map.of("CLASSPATH", classPath());
    Path printed = scratch.file("printed");
    Child.run(command, environment, scratch.folder(), printed, PATIENCE);
    // The decoder has compared the hash; here are the bytes themselves.
    if (Files.mismatch(scratch.file("result"), pair.after()) >= 0) {
      throw Refusal.of(Code.HASH, "a patch does not make the new file").at(pair.name());
    }
    return ApplyMeter.Reading.parse(Files.readString(printed));
  }

  // The child is started in another folder.
  private static String classPath() {
    List<String> absolute = new ArrayList<>();
    String separator = System.getProperty("path.separator");
    for (String entry : System.getProperty("java.class.path").split(separator, -1)) {
      absolute.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(separator, absolute);
  }

  private Map<Tool, Long> others(Scratch scratch) throws IOException, InterruptedException {
    Map<Tool, Long> sizes = new EnumMap<>(Tool.class);
    for (Tool tool : tools) {
      Path out = scratch.file("out");
      try {
        for (List<String> step : tool.steps()) {
          Path printed = scratch.file("printed");
          Child.run(step, Map.of(), scratch.folder(), printed, PATIENCE);
          if (tool.prints()) Files.move(printed, out, StandardCopyOption.REPLACE_EXISTING);
        }
        sizes.put(tool, Files.size(out));
      } catch (Refusal e) {
        warnings.accept(tool.label() + ": " + e.problem().line());
      }
      Files.deleteIfExists(out);
      Files.deleteIfExists(scratch.file("signature"));
    }
    return sizes;
  }
}

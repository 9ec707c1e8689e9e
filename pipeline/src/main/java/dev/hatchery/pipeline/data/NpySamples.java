package dev.hatchery.pipeline.data;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.pipeline.graph.Port;
import dev.hatchery.runner.ort.Values;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Samples from files: {@code DATA.npy} for a model of one input, or a folder with {@code INPUT.npy}
 * for each. The first dimension counts the samples.
 */
public final class NpySamples implements Samples, AutoCloseable {
  private final Arena arena;
  private final Map<String, Npy> arrays;

  private NpySamples(Arena arena, Map<String, Npy> arrays) {
    this.arena = arena;
    this.arrays = arrays;
  }

  /**
   * Opens data for a model with these inputs.
   *
   * @throws Refusal with {@link Code#BAD_INPUT} where files are missing, broken, or disagree about
   *     how many samples there are; {@link Code#NOT_FOUND} where there is nothing
   */
  public static NpySamples open(Path data, List<Port> inputs) {
    if (!Files.exists(data)) {
      throw Refusal.of(Code.NOT_FOUND, "there is no data").at(data.toString());
    }
    Arena arena = Arena.ofShared();
    try {
      Map<String, Npy> arrays = new TreeMap<>();
      for (Port input : inputs) {
        Path file = file(data, input, inputs.size());
        arrays.put(input.name(), Npy.read(file.toString(), map(file, arena)));
      }
      requireSame(data, arrays);
      return new NpySamples(arena, arrays);
    } catch (IOException e) {
      arena.close();
      throw Refusal.of(Code.BAD_INPUT, "the data cannot be read")
          .at(data.toString())
          .got(e)
          .cause(e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static Path file(Path data, Port input, int inputs) {
    if (!Files.isDirectory(data)) {
      if (inputs == 1) return data;
      throw Refusal.of(Code.BAD_INPUT, "the model has " + inputs + " inputs")
          .at(data.toString())
          .expected("a folder with a file NAME.npy for each")
          .got("a file");
    }
    Path file = data.resolve(input.name() + ".npy").normalize();
    if (file.startsWith(data.normalize()) && Files.isRegularFile(file)) return file;
    throw Refusal.of(Code.BAD_INPUT, "an input has no data")
        .at(data.toString())
        .expected(input.name() + ".npy")
        .got("no such file");
  }

  private static java.lang.foreign.MemorySegment map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  private static void requireSame(Path data, Map<String, Npy> arrays) {
    List<Integer> counts = arrays.values().stream().map(Npy::entries).distinct().toList();
    if (counts.size() == 1 && counts.getFirst() > 0) return;
    throw Refusal.of(Code.BAD_INPUT, "the inputs' data do not go together")
        .at(data.toString())
        .expected("as many samples for each input, and one at least")
        .got(counts);
  }

  @Override
  public int count() {
    return arrays.values().iterator().next().entries();
  }

  @Override
  public Map<String, Values> sample(int index) {
    Map<String, Values> sample = new LinkedHashMap<>();
    arrays.forEach((name, array) -> sample.put(name, array.entry(index)));
    return sample;
  }

  @Override
  public void close() {
    arena.close();
  }
}

package dev.hatchery.runner;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The command line.
 *
 * @param slotDir the slot's folder, with {@code current} and {@code v/}
 * @param port 0 for any that is free
 * @param source the device's own input, when it has one
 * @param nativeDir where ONNX Runtime's native code is kept between starts
 */
record Options(Path slotDir, int port, Optional<Source> source, Optional<Path> nativeDir) {
  static final String USAGE =
      "--slot-dir DIR --port N [--source NAME [--fps F] [--seed S]] [--native-dir DIR]";

  private static final Set<String> NAMES =
      Set.of("--slot-dir", "--port", "--source", "--fps", "--seed", "--native-dir");
  private static final int PORT_MAX = 65_535;

  /** A source by name, how many frames per second, and the seed of its stream. */
  record Source(String name, double framesPerSecond, long seed) {
    private static final double FPS_DEFAULT = 5;
    private static final double FPS_MAX = 1000;

    Source {
      if (!(framesPerSecond > 0 && framesPerSecond <= FPS_MAX)) {
        throw wrong("--fps", "a number above 0, at most " + FPS_MAX, framesPerSecond);
      }
    }
  }

  Options {
    if (port < 0 || port > PORT_MAX) {
      throw wrong("--port", "0 to " + PORT_MAX, port);
    }
  }

  static Options parse(List<String> args) {
    Map<String, String> given = new HashMap<>();
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String name = rest.next();
      if (!NAMES.contains(name)) {
        throw wrong("the command line", USAGE, name);
      }
      if (!rest.hasNext()) {
        throw wrong(name, "a value after it", "nothing");
      }
      if (given.put(name, rest.next()) != null) {
        throw wrong(name, "it once", "it twice");
      }
    }
    return new Options(
        get(given, "--slot-dir", Path::of).orElseThrow(() -> wrong("--slot-dir", USAGE, "nothing")),
        get(given, "--port", Integer::valueOf).orElseThrow(() -> wrong("--port", USAGE, "nothing")),
        source(given),
        get(given, "--native-dir", Path::of));
  }

  private static Optional<Source> source(Map<String, String> given) {
    Optional<Double> fps = get(given, "--fps", Double::valueOf);
    Optional<Long> seed = get(given, "--seed", Long::valueOf);
    Optional<String> name = get(given, "--source", Function.identity());
    if (name.isEmpty() && (fps.isPresent() || seed.isPresent())) {
      throw wrong("--source", "a source for --fps and --seed", "nothing");
    }
    return name.map(n -> new Source(n, fps.orElse(Source.FPS_DEFAULT), seed.orElse(0L)));
  }

  private static <T> Optional<T> get(
      Map<String, String> given, String name, Function<String, T> parser) {
    String text = given.get(name);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      throw wrong(name, "a value of its kind; " + USAGE, text).cause(e);
    }
  }

  private static Refusal wrong(String where, String expected, Object got) {
    return Refusal.of(Code.BAD_INPUT, "the service cannot be started like this")
        .at(where)
        .expected(expected)
        .got(got);
  }
}

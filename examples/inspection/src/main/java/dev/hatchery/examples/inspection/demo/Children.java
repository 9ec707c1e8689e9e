package dev.hatchery.examples.inspection.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command lines of the demo's processes: each a JVM of its own with the options that fit a
 * small board.
 *
 * @param java the java program
 * @param classPath of this process; every child's Main is on it
 * @param natives where the inference services unpack ONNX Runtime's native code, once for all
 */
record Children(Path java, String classPath, Path natives) {
  static Children ofThisProcess(Path natives) {
    return new Children(
        Path.of(System.getProperty("java.home"), "bin", "java"),
        System.getProperty("java.class.path"),
        natives);
  }

  /**
   * What every child has in its environment. The class path stands here and not among the
   * arguments: ONNX Runtime 1.29 reads the process's command line with a recursive matcher, and
   * some kilobytes of it overflow the stack.
   */
  Map<String, String> environment() {
    return Map.of("CLASSPATH", classPath, "MALLOC_ARENA_MAX", "1");
  }

  List<String> server(Path data, int port, Path tokenFile) {
    return java(
        "64m",
        "dev.hatchery.server.Main",
        "--data",
        data.toString(),
        "--listen",
        "127.0.0.1:" + port,
        "--token-file",
        tokenFile.toString(),
        // Between rollouts devices would report once a minute, and the next rollout would wait for
        // that.
        "--idle-report",
        "2s");
  }

  List<String> agent(Path config) {
    return java("32m", "dev.hatchery.agent.Main", "--config", config.toString());
  }

  List<String> runner(Path slotFolder, int port, double framesPerSecond, long seed) {
    return java(
        "96m",
        "dev.hatchery.runner.Main",
        "--slot-dir",
        slotFolder.toString(),
        "--port",
        String.valueOf(port),
        "--source",
        "inspection",
        "--fps",
        String.valueOf(framesPerSecond),
        "--seed",
        String.valueOf(seed),
        "--native-dir",
        natives.toString());
  }

  private List<String> java(String heap, String main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                java.toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms8m",
                "-Xmx" + heap,
                "-Xss512k",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                main));
    command.addAll(List.of(arguments));
    return command;
  }
}

package dev.hatchery.bundle.sign;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The real cosign, as {@code build/install-cosign} finds it: on the PATH or in the cache folder. It
 * runs with an empty home, and every proxy leads to a closed port, so a run that reaches for the
 * network fails.
 */
record Cosign(Path binary, Path folder) {
  private static final int LIMIT_SECONDS = 60;

  /** What a run ended with and said. */
  record Ran(int exit, String said) {}

  /** Never absent: without cosign nothing is shown, so its absence is a failure. */
  static Cosign in(Path folder) throws IOException {
    for (Path candidate : candidates()) {
      if (Files.isExecutable(candidate)) return new Cosign(candidate, folder);
    }
    throw new AssertionError("there is no cosign: run build/install-cosign");
  }

  private static List<Path> candidates() throws IOException {
    List<Path> candidates = new ArrayList<>();
    for (String place : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      candidates.add(Path.of(place, "cosign"));
    }
    String home = System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
    Path cache = Path.of(home, ".cache", "hatchery");
    if (Files.isDirectory(cache)) {
      try (Stream<Path> folders = Files.list(cache)) {
        folders.sorted().map(f -> f.resolve("cosign")).forEach(candidates::add);
      }
    }
    return candidates;
  }

  Ran run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(List.of(arguments));
    Path said = folder.resolve("said");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("COSIGN_PASSWORD", "");
    builder.environment().put("HOME", folder.toString());
    for (String proxy : List.of("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")) {
      builder.environment().put(proxy, "http://127.0.0.1:9");
    }
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_SECONDS, SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("cosign took longer than " + LIMIT_SECONDS + " s: " + command);
    }
    return new Ran(process.exitValue(), Files.readString(said));
  }

  /** Runs it and expects success. */
  void must(String... arguments) throws IOException, InterruptedException {
    Ran ran = run(arguments);
    assertThat(ran.exit()).as(ran.said()).isZero();
  }

  /** Checks a v0.3 bundle offline; {@code trusted.json} is an empty trusted root. */
  Ran verifyBlob(String key, String bundle, String blob) throws IOException, InterruptedException {
    Files.writeString(
        folder.resolve("trusted.json"),
        "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}");
    return run(
        "verify-blob",
        "--key=" + key,
        "--bundle=" + bundle,
        "--new-bundle-format",
        "--insecure-ignore-tlog",
        "--trusted-root=trusted.json",
        blob);
  }

  void signBlob(String key, String bundle, String blob) throws IOException, InterruptedException {
    must(
        "sign-blob",
        "--yes",
        "--key=" + key,
        "--tlog-upload=false",
        "--new-bundle-format",
        "--bundle=" + bundle,
        blob);
  }
}

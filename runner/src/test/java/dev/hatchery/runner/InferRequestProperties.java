package dev.hatchery.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.runner.ort.TinyOnnx;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes come as a request, the service says yes or no, and lives. */
final class InferRequestProperties {
  private static final int CASES = 3_000;
  private static final String[] SPLICES = {
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "-",
    "0",
    "9",
    ".",
    "e",
    "E308",
    "1e999",
    "null",
    "true",
    "\"shape\"",
    "\"data\"",
    "[1,2]",
    "4294967297",
    "-1",
    "\\u0000",
    "[[[[[[[[[[[[[[[[[[[["
  };

  @Test
  void mutatedBodiesAreAnsweredAndNeverCrashTheService(@TempDir Path folder) throws Exception {
    byte[] body = "{\"shape\":[2,2],\"data\":[0.5,1,2.25,3e-1]}".getBytes(UTF_8);
    Set<Integer> statuses = new TreeSet<>();
    int ok = 0;
    try (var service = new Service(folder)) {
      service.slot().install(TinyOnnx.first("left", "right").bytes());
      service.post("/reload", "");
      for (long seed = 0; seed < CASES; seed++) {
        byte[] mutant = mutate(body, new Random(seed));
        int status = service.post("/infer", mutant).statusCode();
        // 500 is right only where the model met the root of a negative number.
        assertThat(status)
            .as("seed %d: %s", seed, new String(mutant, UTF_8))
            .isIn(new String(mutant, UTF_8).contains("-") ? ANY : WITHOUT_ERROR);
        statuses.add(status);
        ok += status == 200 ? 1 : 0;
      }
      assertThat(service.get("/healthz").statusCode()).isEqualTo(200);
      double counted =
          service.metric("hatchery_inference_requests_total")
              + service.metric("hatchery_bad_requests_total");
      assertThat(counted).isEqualTo(CASES);
      assertThat(service.metric("hatchery_inference_latency_seconds_count")).isEqualTo(ok);
    }
    assertThat(statuses).contains(200, 400);
  }

  private static final Set<Integer> WITHOUT_ERROR = Set.of(200, 400, 413);
  private static final Set<Integer> ANY = Set.of(200, 400, 413, 500);

  private static byte[] mutate(byte[] body, Random random) {
    byte[] mutant = body.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(mutant.length + 1);
      mutant =
          switch (random.nextInt(4)) {
            case 0 -> flip(mutant, Math.min(at, mutant.length - 1), random);
            case 1 -> Arrays.copyOf(mutant, Math.max(1, at));
            case 2 -> splice(mutant, at, SPLICES[random.nextInt(SPLICES.length)].getBytes(UTF_8));
            default -> splice(mutant, at, Arrays.copyOfRange(mutant, at / 2, at));
          };
    }
    return mutant;
  }

  private static byte[] flip(byte[] body, int at, Random random) {
    byte[] flipped = body.clone();
    flipped[at] ^= (byte) (1 << random.nextInt(8));
    return flipped;
  }

  private static byte[] splice(byte[] body, int at, byte[] piece) {
    byte[] spliced = Arrays.copyOf(body, body.length + piece.length);
    System.arraycopy(piece, 0, spliced, at, piece.length);
    System.arraycopy(body, at, spliced, at + piece.length, body.length - at);
    return spliced;
  }
}

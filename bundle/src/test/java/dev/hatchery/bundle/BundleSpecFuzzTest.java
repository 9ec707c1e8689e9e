package dev.hatchery.bundle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.Mutations;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleSpecFuzzTest {
  private static final int INPUTS = 20_000;

  @TempDir Path folder;

  @Test
  void whateverASpecSaysItIsReadOrRefused() {
    Workbench.in(folder);
    Path file = folder.resolve("bundle.yaml");
    Mutations mutations = new Mutations(11, Workbench.SPEC.getBytes(UTF_8));
    int refused = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] input = mutations.next();
      try {
        BundleSpecForm.read(Yaml.parse(new String(input, ISO_8859_1), "bundle.yaml"), file);
      } catch (Refusal refusal) {
        refused++;
        assertThat(refusal.problem().where()).as(refusal.getMessage()).startsWith("bundle.yaml");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("input " + i + ": " + Bytes.of(input).base64(), e);
      }
    }
    assertThat(refused).isBetween(INPUTS / 4, INPUTS - 1);
  }
}

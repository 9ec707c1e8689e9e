package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.delta.Samples.Sample;
import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches as files: the result is there whole or not at all. */
final class PatchFileTest {
  @TempDir Path folder;

  private final Sample sample = Objects.requireNonNull(Samples.all().get("F16 rank"));
  private Path base = Path.of("base");
  private Path patch = Path.of("patch");
  private Path out = Path.of("out");

  @BeforeEach
  void write() throws Exception {
    base = Files.write(folder.resolve(base), sample.base);
    patch = Files.write(folder.resolve(patch), sample.patch);
    out = folder.resolve(out);
  }

  private Stream<String> names() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  @Test
  void aResultTakesThePlaceOfWhatWasThere() throws Exception {
    Files.writeString(out, "an older file, which is longer than nothing");

    Header header = PatchFile.apply(base, patch, out);

    assertThat(out).hasBinaryContent(sample.result);
    assertThat(header.resultSize()).isEqualTo(sample.result.length);
    assertThat(names()).containsExactly("base", "out", "patch");
  }

  @Test
  void aResultMayTakeThePlaceOfItsBase() throws Exception {
    PatchFile.apply(base, patch, base);

    assertThat(base).hasBinaryContent(sample.result);
  }

  @Test
  void aPatchThatIsRefusedChangesNothing() throws Exception {
    Files.writeString(out, "before");
    byte[] broken = sample.patch.clone();
    broken[broken.length - 1] ^= 1;
    Files.write(patch, broken);

    assertThatThrownBy(() -> PatchFile.apply(base, patch, out)).isInstanceOf(BadPatch.class);
    assertThatThrownBy(() -> PatchFile.apply(null, patch, out))
        .isInstanceOfSatisfying(
            BadPatch.class, bad -> assertThat(bad.reason()).isEqualTo(BadPatch.Reason.BASE));

    assertThat(out).hasContent("before");
    assertThat(names()).containsExactly("base", "out", "patch");
  }

  @Test
  void whatMakesTheExpectedFileIsApplied() throws Exception {
    PatchFile.apply(base, patch, out, sample.result.length, sha256(sample.result));

    assertThat(out).hasBinaryContent(sample.result);
  }

  @Test
  void aHeaderThatSaysAnotherSizeIsRefusedBeforeAFileIsOpened() throws Exception {
    Header honest = Header.parse(sample.patch);
    byte[] lying = sample.patch.clone();
    byte[] head =
        new Header(
                honest.baseSize(),
                honest.baseSha256(),
                Header.MAX_FILE,
                honest.resultSha256(),
                honest.frames())
            .bytes();
    System.arraycopy(head, 0, lying, 0, head.length);
    Files.write(patch, lying);

    // There is not even a base: whoever looked for one would say so.
    assertThatThrownBy(
            () ->
                PatchFile.apply(
                    folder.resolve("none"),
                    patch,
                    out,
                    sample.result.length,
                    sha256(sample.result)))
        .isInstanceOfSatisfying(
            BadPatch.class, bad -> assertThat(bad.reason()).isEqualTo(BadPatch.Reason.RESULT))
        .hasMessageContaining("another file")
        .hasMessageContaining(String.valueOf(Header.MAX_FILE));
    assertThat(names()).containsExactly("base", "patch");
  }

  @Test
  void aHeaderOfAnotherFileOfTheSameSizeIsRefused() throws Exception {
    assertThatThrownBy(() -> PatchFile.apply(base, patch, out, sample.result.length, new byte[32]))
        .isInstanceOfSatisfying(
            BadPatch.class, bad -> assertThat(bad.reason()).isEqualTo(BadPatch.Reason.RESULT));
    assertThat(names()).containsExactly("base", "patch");
  }

  private static byte[] sha256(byte[] bytes) {
    return Decoder.sha256().digest(bytes);
  }

  @Test
  void aReadPastAFilesEndSaysSo() throws Exception {
    try (var file = PatchFile.Open.read(base)) {
      byte[] bytes = new byte[10];
      file.read(file.size() - 10, bytes, 0, 10);
      assertThat(bytes).endsWith(sample.base[sample.base.length - 1]);
      assertThatThrownBy(() -> file.read(file.size() - 9, bytes, 0, 10))
          .isInstanceOf(EOFException.class);
    }
  }
}

package dev.hatchery.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SlotFolderTest {
  private static final byte[] MODEL = {1, 2, 3};

  private final Path temporary;
  private final SlotFixture slot;
  private final SlotFolder folder;

  SlotFolderTest(@TempDir Path temporary) throws IOException {
    this.temporary = temporary;
    slot = new SlotFixture(Files.createDirectory(temporary.resolve("vision")));
    folder = new SlotFolder(slot.folder());
  }

  @Test
  void currentIsTheBundleTheLinkNames() {
    Digest bundle = slot.install(MODEL);

    assertThat(folder.hasLink()).isTrue();
    assertThat(folder.current().bundle()).isEqualTo(bundle);
    assertThat(folder.current().model()).isEqualTo(MODEL);
  }

  @Test
  void aLaterSwitchDoesNotChangeWhatIsReadFromAnEarlierAnswer() {
    slot.install(MODEL);
    SlotFolder.Current before = folder.current();
    slot.install(new byte[] {9});

    assertThat(before.model()).isEqualTo(MODEL);
  }

  @Test
  void anEmptySlotSaysSo() {
    assertThat(folder.hasLink()).isFalse();
    assertRefused(Code.NOT_FOUND, folder::current);
  }

  @Test
  void aLinkThatDanglesSaysSo() throws IOException {
    slot.point(Path.of("v", "0".repeat(64)));

    assertThat(folder.hasLink()).isTrue();
    assertRefused(Code.NOT_FOUND, folder::current);
  }

  @Test
  void aLinkOutOfTheSlotIsRefused() throws IOException {
    Path elsewhere = Files.createDirectories(temporary.resolve("other/v").resolve("0".repeat(64)));
    slot.point(elsewhere);

    assertRefused(Code.UNSAFE_PATH, folder::current);
  }

  @Test
  void aFolderThatIsNotNamedByADigestIsRefused() throws IOException {
    Files.createDirectories(slot.folder().resolve("v/latest"));
    slot.point(Path.of("v", "latest"));

    assertRefused(Code.BAD_INPUT, folder::current);
  }

  @Test
  void aBundleWithoutAModelOrWithALinkForItIsRefused() throws IOException {
    Digest bundle = slot.install(MODEL);
    Path model = slot.folder().resolve("v").resolve(bundle.hex()).resolve("model.onnx");
    Files.delete(model);
    assertRefused(Code.MISSING_FILE, () -> folder.current().model());

    Files.createSymbolicLink(model, Files.write(temporary.resolve("secret"), MODEL));
    assertRefused(Code.MISSING_FILE, () -> folder.current().model());
  }

  private static void assertRefused(Code code, Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(code));
  }
}

package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a HEF says about itself, in its four header versions. */
final class HefTest {
  private static HefInfo read(byte[] file) {
    return Hef.read(MemorySegment.ofArray(file));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void everyHeaderVersionIsRead(int version) {
    byte[] file = HefOut.file(version, HefOut.message(3, "3.30.0"), version == 0 ? 0 : 8);

    assertThat(read(file))
        .isEqualTo(
            new HefInfo(
                version,
                3,
                "3.30.0",
                List.of("is_multi_contexts", "#27"),
                List.of("optional_one"),
                List.of("detector", "old_style")));
  }

  @ParameterizedTest
  @CsvSource({"0, HAILO8", "3, HAILO8L", "4, HAILO15M", "5, HAILO15L", "103, HAILO1XH"})
  void architecturesHaveNames(int number, String name) {
    assertThat(read(HefOut.file(2, HefOut.message(number, "1"), 0)).architectureName())
        .contains(name);
  }

  @Test
  void aLaterArchitectureHasANumber() {
    HefInfo info = read(HefOut.file(2, HefOut.message(77, "1"), 0));

    assertThat(info.architecture()).isEqualTo(77);
    assertThat(info.architectureName()).isEqualTo(Optional.empty());
  }

  @Test
  void asAModelItHasMetadataAndNoTensors() {
    ModelFile read = Read.file(HefOut.file(3, HefOut.message(103, "5.1.0"), 8));

    assertThat(read.format()).isEqualTo(Format.HEF);
    assertThat(read.tensors()).isEmpty();
    assertThat(read.metadata())
        .containsEntry("hef.hw_arch", "HAILO1XH")
        .containsEntry("hef.sdk_version", "5.1.0")
        .containsEntry("hef.header_version", "3")
        .containsEntry("hef.network_group.0", "detector");
  }

  @Test
  void aFileOfAnotherLengthIsRefused() {
    byte[] file = HefOut.file(2, HefOut.message(0, "1"), 8);

    assertThat(Read.refused(Arrays.copyOf(file, file.length - 1))).isNotNull();
    assertThat(Read.refused(Arrays.copyOf(file, file.length + 1))).isNotNull();
  }

  @Test
  void anotherVersionOrAnotherFileIsRefused() {
    assertThat(Read.refused(HefOut.file(4, HefOut.message(0, "1"), 8)))
        .hasMessageContaining("version 0 to 3");
    assertThatThrownBy(() -> read(new byte[64])).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> read(new byte[3])).isInstanceOf(Refusal.class);
  }
}

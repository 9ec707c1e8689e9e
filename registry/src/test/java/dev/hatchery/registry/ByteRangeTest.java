package dev.hatchery.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteRangeTest {
  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=0-9, 0, 10",
    "bytes=0-, 0, 10",
    "bytes=9-, 9, 1",
    "bytes=3-100, 3, 7",
    "bytes=3-99999999999999999999999999, 3, 7",
    "bytes=-1, 9, 1",
    "bytes=-10, 0, 10",
    "bytes=-11, 0, 10",
    "bytes=-99999999999999999999999999, 0, 10",
    "Bytes = 2 - 4, 2, 3"
  })
  void aRangeWithinTenBytesIsAPart(String header, long from, long length) {
    assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange.Part(from, length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=10-", "bytes=10-10", "bytes=99999999999999999999999-", "bytes=-0"})
  void aRangeBeyondTenBytesIsUnsatisfiable(String header) {
    assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange.Unsatisfiable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=0-1,3-4",
        "items=0-1",
        "bytes=a-b",
        "bytes=0x1-2",
        "bytes=--1",
        "bytes=1-2-3"
      })
  void whatIsNoSingleRangeGetsTheWhole(String header) {
    assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange.Whole());
  }

  @Test
  void anEmptyBlobHasNoParts() {
    assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new ByteRange.Unsatisfiable());
    assertThat(ByteRange.parse("bytes=-5", 0)).isEqualTo(new ByteRange.Whole());
  }
}

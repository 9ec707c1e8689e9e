package dev.hatchery.wire.csv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CsvTest {
  private static final DataSize MAX = DataSize.kib(64);

  private static Csv read(String text) {
    return Csv.parse(text.getBytes(StandardCharsets.UTF_8), MAX, 3);
  }

  private static Refusal.Problem refused(String text) {
    return refused(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Refusal.Problem refused(byte[] bytes) {
    try {
      Csv.parse(bytes, MAX, 3);
    } catch (Refusal refusal) {
      return refusal.problem();
    }
    throw new AssertionError("was read");
  }

  @Test
  void cellsMayBeQuotedAndLinesEndAsSpreadsheetsEndThem() {
    Csv sheet = read("\uFEFFdevice,note\r\ncam-1,\"a, \"\"b\"\"\r\nc\"\ncam-2,");

    assertThat(sheet.header()).containsExactly("device", "note");
    assertThat(sheet.rows())
        .containsExactly(
            new Csv.Row(2, List.of("cam-1", "a, \"b\"\r\nc")),
            new Csv.Row(4, List.of("cam-2", "")));
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Csv sheet = read("device,note\n\"a,\",\"\"\"\"\n\"x\ny\",\"\r\"\n");

    assertThat(sheet.text()).isEqualTo("device,note\r\n\"a,\",\"\"\"\"\r\n\"x\ny\",\"\r\"\r\n");
    assertThat(read(sheet.text())).isEqualTo(sheet);
  }

  @Test
  void whatIsWrongIsToldWithLineAndColumn() {
    assertThat(refused("a,b\n1,2\n3\n"))
        .returns("line 3, column 1", Refusal.Problem::where)
        .returns("2 cells", Refusal.Problem::expected)
        .returns("1", Refusal.Problem::got);
    assertThat(refused("a,b\n1,2\"3\n").where()).isEqualTo("line 2, column 2");
    assertThat(refused("a,b\n\"1\n\"x,2\n").where()).isEqualTo("line 3, column 1");
    assertThat(refused("a,b\n1,\"2\n3,4\n").where()).isEqualTo("line 2, column 2");
    assertThat(refused("a,b\r1,2").title()).isEqualTo("a line ends with CR alone");
    assertThat(refused("a\uFFFFb\n1\n2\n3\n4\n").where()).isEqualTo("line 5");
  }

  @Test
  void asManyRowsAsMayBePassAndOneMoreDoesNot() {
    assertThat(read("a\n1\n2\n3\n").rows()).hasSize(3);
    assertThat(refused("a\n1\n2\n3\n4\n").code()).isEqualTo(Code.TOO_LARGE);
    assertThat(refused(new byte[(int) MAX.bytes() + 1]).code()).isEqualTo(Code.TOO_LARGE);
  }

  @Test
  void emptySheetsAndForeignBytesAreRefused() {
    assertThat(refused("").title()).isEqualTo("this sheet is empty");
    assertThat(refused(new byte[] {'a', (byte) 0xff}).title()).isEqualTo("this sheet is not UTF-8");
  }

  @Test
  void mutatedSheetsAreReadOrRefusedAndNothingElse() {
    byte[] good =
        "device,site\r\ncam-1,\"os\"\"lo\"\r\ncam-2,\r\n".getBytes(StandardCharsets.UTF_8);
    var random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        bad[random.nextInt(bad.length)] =
            (byte) (random.nextBoolean() ? random.nextInt() : "\",\r\n".charAt(random.nextInt(4)));
      }
      try {
        Csv sheet = Csv.parse(bad, MAX, 9);
        assertThat(Csv.parse(sheet.text().getBytes(StandardCharsets.UTF_8), MAX, 9).rows())
            .extracting(Csv.Row::cells)
            .isEqualTo(sheet.rows().stream().map(Csv.Row::cells).toList());
      } catch (Refusal refusal) {
        assertThat(refusal.problem().title()).isNotEmpty();
      }
    }
  }
}

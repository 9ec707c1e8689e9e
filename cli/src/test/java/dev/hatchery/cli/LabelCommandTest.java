package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.cli.Stand.Outcome;
import dev.hatchery.core.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels and sites at the command line, against a real server. */
final class LabelCommandTest {
  @TempDir private Path folder;
  private Stand stand;

  @BeforeEach
  void start() {
    stand = new Stand(folder);
    stand.enrol("edge-1", Map.of("site", "oslo"));
    stand.enrol("edge-2", Map.of("site", "bergen"));
  }

  @AfterEach
  void stop() {
    stand.close();
  }

  private String sheet(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "fleet", ".csv"), text).toString();
  }

  @Test
  void aSheetIsTriedOutTakenAndShownBesideTheDevicesOwnWords() throws IOException {
    String file = sheet("device,site,ring\nedge-1,tromso,beta\nedge-2,bergen,\n");
    assertThat(stand.must("labels", "import", file, "--dry-run").lines())
        .containsExactly(
            "would change 1 of 2 devices: 2 labels set, 0 taken away",
            "labels that no device had: ring",
            "  line 2  edge-1  site: oslo -> tromso",
            "  line 2  edge-1  ring: (none) -> beta");
    assertThat(stand.must("devices").out()).contains("site=oslo");
    assertThat(stand.must("labels", "import", file).lines().getFirst())
        .isEqualTo("changed 1 of 2 devices: 2 labels set, 0 taken away");
    assertThat(stand.must("devices", "edge-1").out()).contains("ring=beta,site=tromso (own: oslo)");
    Path out = folder.resolve("out.csv");
    stand.must("labels", "export", "-o", out.toString());
    assertThat(out).hasContent("device,ring,site\r\nedge-1,beta,tromso\r\nedge-2,,bergen\r\n");
    assertThat(stand.must("labels", "export").out()).isEqualTo(Files.readString(out));
    Outcome back = stand.must("labels", "import", sheet("device,site\nedge-1,-\n"));
    assertThat(back.lines())
        .containsExactly(
            "changed 1 of 1 devices: 0 labels set, 1 taken away",
            "  line 2  edge-1  site: tromso -> oslo");
  }

  @Test
  void onlyTheFirstChangesAreShown() throws IOException {
    var text = new StringBuilder("device");
    for (int i = 0; i < 21; i++) text.append(",k").append(i);
    text.append("\nedge-1").append(",v".repeat(21));
    Outcome would = stand.must("labels", "import", sheet(text.toString()), "--dry-run");
    assertThat(would.lines()).hasSize(23).last().isEqualTo("  and 1 more");
  }

  @Test
  void aWrongCellIsToldWithItsFile() throws IOException {
    String file = sheet("device,zone\nedge-1,Mars/Base\n");
    Outcome bad = stand.run("labels", "import", file);
    assertThat(bad.status()).isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(bad.err())
        .contains(file + ", line 2, column 2 (zone)")
        .contains("expected a name of IANA's")
        .contains("got Mars/Base");
    assertThat(stand.run("labels").err()).contains("labels export");
  }

  @Test
  void aSitesZoneIsSetListedAndTakenBack() {
    assertThat(stand.must("site", "set", "oslo", "--zone", "Europe/Oslo").out())
        .isEqualTo("oslo  Europe/Oslo\n");
    assertThat(stand.must("sites").lines()).containsExactly("SITE  ZONE", "oslo  Europe/Oslo");
    assertThat(stand.must("devices", "edge-1").out()).contains("site=oslo,zone=Europe/Oslo ");
    stand.must("site", "set", "oslo", "--no-zone");
    assertThat(stand.must("sites", "--json").out()).contains("\"items\" : [ ]");
    assertThat(stand.run("site", "set", "oslo").status()).isNotZero();
    assertThat(stand.run("site", "set", "oslo", "--zone", "Oslo").err()).contains("IANA");
  }
}

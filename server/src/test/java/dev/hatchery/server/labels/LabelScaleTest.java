package dev.hatchery.server.labels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.wire.api.LabelsImported;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sheet as large as may be. */
@Tag("slow")
final class LabelScaleTest {
  private static final int FLEET = LabelSheet.MAX_ROWS;

  @TempDir private Path folder;

  @Test
  void aHundredThousandDevicesAreRelabelledInOneTransaction() {
    try (Db db = Db.open(folder.resolve("db"), _ -> {})) {
      enrol(db);
      DeviceStore devices = new DeviceStore(db);
      byte[] sheet =
          LabelSheet.of(devices.all())
              .text()
              .replace(",oslo\r\n", ",tromso\r\n")
              .getBytes(StandardCharsets.UTF_8);
      long began = System.nanoTime();
      LabelSheet read = LabelSheet.parse(sheet);
      LabelsImported done =
          db.write(
              tx -> {
                var changes = new LabelImport(devices, devices.given(tx));
                LabelsImported all = changes.read(read, false);
                devices.relabel(tx, changes.given(), Instant.EPOCH);
                return all;
              });
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      assertThat(done.devices()).isEqualTo(FLEET);
      assertThat(took).isLessThan(Duration.ofSeconds(60));
      assertThat(new DeviceStore(db).find(new DeviceId("edge-99999")))
          .map(device -> device.labels().get("site"))
          .contains(Optional.of("tromso"));
    }
  }

  private static void enrol(Db db) {
    TrustedKey key = SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256).publicKey();
    Bytes spki = key.spki();
    db.write(
        tx -> {
          tx.run("INSERT INTO enrolment_token VALUES ('t', 'h', 1, 1, 0, 0)");
          for (int i = 0; i < FLEET; i++) {
            tx.run(
                "INSERT INTO device (id, algorithm, spki, labels, facts, slots, enrolment_token,"
                    + " enrolled_at) VALUES (?, ?, ?, ?, '{}', '{}', 't', 0)",
                "edge-" + i,
                key.algorithm(),
                spki,
                "{\"site\":\"oslo\",\"power\":\"mains\"}");
          }
          return FLEET;
        });
  }
}

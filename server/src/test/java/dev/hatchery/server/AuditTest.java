package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.db.Db;
import dev.hatchery.wire.api.AuditView;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditTest {
  @TempDir private Path folder;

  @Test
  void everyChangeIsOnRecordWithItsActor() {
    try (var fleet = Fleet.ready(folder)) {
      fleet.device("edge-1", Map.of());
      fleet.release("inspection@1.0.0");
      String id =
          fleet.operator().startRollout(Fleet.spec("a", "inspection@1.0.0", Fleet.ALL)).id();
      fleet.operator().abort(id, "enough");
      List<AuditView> records = fleet.operator().audit(0);
      assertThat(records.stream().map(AuditView::action).distinct())
          .containsSubsequence(
              "operator-token.create",
              "trust.put",
              "enrolment-token.create",
              "device.enrol",
              "release.create",
              "rollout.create",
              "rollout.decide");
      assertThat(records.getLast().actor()).isEqualTo("operator:admin");
      assertThat(records.getLast().detail()).contains("aborted by operator: enough");
      assertThat(records).extracting(AuditView::seq).isSorted().doesNotHaveDuplicates();
      assertThat(records.getFirst().prev()).isEqualTo(new Digest("0".repeat(64)));
      for (int i = 1; i < records.size(); i++) {
        assertThat(records.get(i).prev()).isEqualTo(records.get(i - 1).hash());
      }
      assertThat(fleet.operator().audit(records.getLast().seq() - 2)).hasSize(2);
    }
  }

  @Test
  void aRecordThatIsAlteredOrRemovedIsFound() throws Exception {
    Path file = folder.resolve("audit.db");
    var audit = new AuditLog(Clock.systemUTC());
    try (var db = Db.open(file, _ -> {})) {
      for (int i = 1; i <= 5; i++) {
        int n = i;
        db.write(
            tx -> {
              audit.append(tx, "server", "test", "object-" + n, "detail\nwith a line break");
              return n;
            });
      }
      assertThat(db.read(audit::firstBroken)).isEqualTo(OptionalLong.empty());
      assertThat(db.read(rows -> audit.after(rows, 0, 10)).getFirst().detail())
          .isEqualTo("detail?with a line break");
    }
    assertThat(brokenAfter(file, "UPDATE audit SET actor = 'somebody' WHERE seq = 3")).hasValue(3);
    assertThat(brokenAfter(file, "UPDATE audit SET actor = 'server' WHERE seq = 3")).isEmpty();
    assertThat(brokenAfter(file, "DELETE FROM audit WHERE seq = 2")).hasValue(3);
  }

  private static OptionalLong brokenAfter(Path file, String sql) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
    try (var db = Db.open(file, _ -> {})) {
      return db.read(rows -> new AuditLog(Clock.systemUTC()).firstBroken(rows));
    }
  }
}

package dev.hatchery.lab.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.Proof;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.lab.fleet.FleetSetting.Mode;
import dev.hatchery.lab.fleet.FleetSetting.Signing;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** With a defect in the server or on a device, the count that it is about rises. */
final class PlantedDefectTest {
  private static final int SEEDS = 60;

  /**
   * Simulates until this is found.
   *
   * @param likely the seed that showed it last, tried first: most show it late or never
   */
  private static int found(Violation violation, Mode mode, Tampering defect, int likely) {
    var setting = new FleetSetting(8, 1, mode, Signing.CHEAP);
    try (var lab = new FleetLab(setting, _ -> {})) {
      for (long seed :
          LongStream.concat(LongStream.of(likely), LongStream.rangeClosed(1, SEEDS)).toArray()) {
        int n = lab.run(seed, defect).violations().getOrDefault(violation, 0);
        if (n > 0) return n;
      }
    }
    return 0;
  }

  /** A database that runs other SQL than it is given. */
  private record Rewriting(Db real, Function<String, String> sql) implements Db {
    @Override
    public <T> T write(Function<Tx, T> work) {
      return real.write(tx -> work.apply(new RewritingTx(tx, sql)));
    }

    @Override
    public <T> CompletableFuture<T> submit(Function<Tx, T> work) {
      return real.submit(tx -> work.apply(new RewritingTx(tx, sql)));
    }

    @Override
    public <T> T read(Function<Rows, T> work) {
      return real.read(work);
    }

    @Override
    public void close() {
      real.close();
    }
  }

  private record RewritingTx(Tx real, Function<String, String> sql) implements Tx {
    @Override
    public int run(String text, Object... params) {
      return real.run(sql.apply(text), params);
    }

    @Override
    public void afterCommit(Runnable action) {
      real.afterCommit(action);
    }

    @Override
    public <T> List<T> list(String text, Function<Row, T> reader, Object... params) {
      return real.list(text, reader, params);
    }
  }

  private static Tampering server(Function<String, String> sql) {
    return new Tampering() {
      @Override
      public Db database(Db real) {
        return new Rewriting(real, sql);
      }
    };
  }

  private static Tampering device(Function<SlotStatus, SlotStatus> said) {
    return new Tampering() {
      @Override
      public Map<Name, SlotStatus> told(DeviceId device, Map<Name, SlotStatus> real) {
        Map<Name, SlotStatus> other = new TreeMap<>();
        real.forEach((slot, status) -> other.put(slot, said.apply(status)));
        return other;
      }
    };
  }

  private static SlotStatus confirmed(SlotStatus real, Optional<Digest> running) {
    return new SlotStatus(
        State.CONFIRMED,
        real.commandId(),
        running,
        running,
        running,
        Proof.ECHOED,
        Optional.empty(),
        "",
        real.traffic());
  }

  @Test
  void aServerThatIgnoresTheCompareAndSwapAdvancesTwice() {
    Tampering defect =
        server(
            sql ->
                sql.startsWith("UPDATE rollout SET phase")
                    ? sql.replace("AND version = ?", "AND ? IS NOT NULL")
                    : sql);

    assertThat(found(Violation.DOUBLE_ADVANCE, Mode.SAFETY, defect, 16)).isPositive();
  }

  @Test
  void anAgentThatSaysConfirmedBeforeItsTrialIsAFalseSuccess() {
    Tampering defect =
        device(
            status -> status.state() == State.TRIAL ? confirmed(status, status.current()) : status);

    assertThat(found(Violation.FALSE_SUCCESS, Mode.SAFETY, defect, 1)).isPositive();
  }

  // In memory it is on its way back; what it comes up from after its next death is running.
  @Test
  void aServerThatStoresAnAbortedRolloutAsRunningLosesTheAbort() {
    Tampering defect =
        server(
            sql ->
                sql.startsWith("UPDATE rollout SET phase")
                    ? sql.replace(
                        "state = ?",
                        "state = (SELECT replace(s, '\"rolling-back\"', '\"running\"')"
                            + " FROM (SELECT ? AS s))")
                    : sql);

    assertThat(found(Violation.LOST_ABORT, Mode.SAFETY, defect, 1)).isPositive();
  }

  @Test
  void aServerThatNumbersOrdersAnewBreaksWhatCountersAreFor() {
    Tampering defect =
        server(
            sql ->
                sql.startsWith("INSERT INTO desired")
                    ? sql.replace("counter = excluded.counter", "counter = 1")
                    : sql);

    assertThat(found(Violation.ILLEGAL_TRANSITION, Mode.SAFETY, defect, 1)).isPositive();
  }

  // What it comes up from after its next death is the order of before: it numbers from there.
  @Test
  void aServerThatDoesNotStoreItsOrdersGivesANumberTwice() {
    Tampering defect =
        server(
            sql ->
                sql.startsWith("INSERT INTO desired")
                    ? sql.replace("envelope = excluded.envelope", "envelope = desired.envelope")
                    : sql);

    assertThat(found(Violation.ILLEGAL_TRANSITION, Mode.SAFETY, defect, 1)).isPositive();
  }

  @Test
  void anAgentThatNeverSaysHowItEndedLetsTheFleetNotComeToRest() {
    Tampering defect = device(PlantedDefectTest::underWay);

    assertThat(found(Violation.NOT_CONVERGED, Mode.LIVENESS, defect, 1)).isPositive();
  }

  private static SlotStatus underWay(SlotStatus real) {
    if (real.commandId().isEmpty()) return real;
    return new SlotStatus(
        State.FETCHING,
        real.commandId(),
        real.current(),
        real.lkg(),
        real.running(),
        real.proof(),
        Optional.empty(),
        "",
        real.traffic());
  }
}

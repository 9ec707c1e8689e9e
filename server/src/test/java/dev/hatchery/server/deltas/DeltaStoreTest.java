package dev.hatchery.server.deltas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.server.db.Db;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeltaStoreTest {
  private static final Name REPO = new Name("m");
  private static final Instant T0 = Instant.parse("2026-11-01T00:00:00Z");
  private static final Delta.State READY =
      new Delta.Ready(digest("patch"), 7, Duration.ofMillis(1234));

  @TempDir private Path folder;
  private Db db;
  private DeltaStore store;

  @BeforeEach
  void open() {
    db = Db.open(folder.resolve("hatchery.db"), _ -> {});
    store = new DeltaStore(db);
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void whatIsKnownIsKnownAfterARestart() {
    Delta pending = delta("t", "a", 3);
    want(false, pending, delta("t", "b", 2), delta("t", "", 5));
    settle(delta("t", "b", 2), READY);
    settle(delta("t", "", 5), new Delta.Refused(true, "too large"));
    store = new DeltaStore(db);
    assertThat(store.all())
        .containsExactlyInAnyOrder(
            pending,
            delta("t", "b", 2).with(READY),
            delta("t", "", 5).with(new Delta.Refused(true, "too large")));
    assertThat(store.targets(REPO, digest("patch"))).containsExactly(digest("t"));
    assertThat(store.targets(REPO, digest("a"))).isEmpty();
    assertThat(store.targets(new Name("other"), digest("patch"))).isEmpty();
  }

  @Test
  void deltasAreMadeBeforeCompressedFilesAndTheMostWantedFirst() {
    want(false, delta("t", "", 9), delta("t", "a", 2), delta("u", "b", 4));
    assertThat(store.next()).contains(delta("u", "b", 4));
    settle(delta("u", "b", 4), READY);
    assertThat(store.next()).contains(delta("t", "a", 2));
    settle(delta("t", "a", 2), new Delta.Refused(false, "no"));
    assertThat(store.next()).contains(delta("t", "", 9));
    settle(delta("t", "", 9), READY);
    assertThat(store.next()).isEmpty();
  }

  @Test
  void aTargetHasEightBasesAtMostAndAlwaysTheEmptyOne() {
    Delta[] many =
        IntStream.range(0, 12).mapToObj(n -> delta("t", "base" + n, 20 - n)).toArray(Delta[]::new);
    want(false, many);
    assertThat(store.all()).hasSize(8).allMatch(d -> d.wanted() > 12);
    want(false, delta("t", "late", 99), delta("t", "", 1), delta("u", "base0", 1));
    assertThat(store.all()).hasSize(10);
    assertThat(store.find(delta("t", "late", 1).pair())).isEmpty();
    assertThat(store.fits(delta("t", "late", 1))).isFalse();
    assertThat(store.fits(delta("v", "late", 1))).isTrue();
  }

  @Test
  void moreThanTheQueueHoldsIsNotTaken() {
    Delta[] many =
        IntStream.range(0, DeltaStore.PENDING_MAX + 5)
            .mapToObj(n -> delta("t" + n, "", 1))
            .toArray(Delta[]::new);
    want(false, many);
    assertThat(store.all()).hasSize(DeltaStore.PENDING_MAX);
    settle(store.next().orElseThrow(), READY);
    want(false, delta("another", "", 1));
    assertThat(store.all()).hasSize(DeltaStore.PENDING_MAX + 1);
  }

  @Test
  void whatFailedIsTriedAgainOnlyOnRequestAndWhatIsTooLargeNever() {
    Delta failed = delta("t", "a", 1);
    Delta large = delta("t", "b", 1);
    want(false, failed, large);
    settle(failed, new Delta.Refused(false, "it broke"));
    settle(large, new Delta.Refused(true, "too large"));
    want(false, failed, large);
    assertThat(store.next()).isEmpty();
    want(true, failed, large);
    assertThat(store.next()).contains(failed);
    store = new DeltaStore(db);
    assertThat(store.all()).filteredOn(Delta::pending).containsExactly(failed);
  }

  @Test
  void wantingAgainKeepsWhatIsMadeAndTheLargerCount() {
    want(false, delta("t", "a", 5));
    settle(delta("t", "a", 5), READY);
    want(true, delta("t", "a", 2));
    assertThat(store.all()).containsExactly(delta("t", "a", 5).with(READY));
    want(true, delta("t", "a", 6));
    store = new DeltaStore(db);
    assertThat(store.all()).containsExactly(delta("t", "a", 6).with(READY));
  }

  @Test
  void whatWasForgottenWhileItWasMadeStaysForgotten() {
    Delta delta = delta("t", "a", 1);
    want(false, delta);
    db.write(
        tx -> {
          assertThat(store.forget(tx, delta.pair(), T0)).isZero();
          assertThat(store.forget(tx, delta.pair(), T0.plusMillis(1))).isOne();
          return delta;
        });
    settle(delta, READY);
    assertThat(store.all()).isEmpty();
    assertThat(new DeltaStore(db).all()).isEmpty();
  }

  private void want(boolean again, Delta... wanted) {
    db.write(
        tx -> {
          store.want(tx, List.of(wanted), again, T0);
          return wanted;
        });
  }

  private void settle(Delta delta, Delta.State state) {
    db.write(
        tx -> {
          store.settle(tx, delta.pair(), state);
          return state;
        });
  }

  private static Delta delta(String target, String base, long wanted) {
    Optional<Digest> of = base.isEmpty() ? Optional.empty() : Optional.of(digest(base));
    return new Delta(new Pair(REPO, digest(target), of), 1000, wanted, Delta.PENDING);
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }
}

package dev.hatchery.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.store.FetchPlan.Await;
import dev.hatchery.agent.store.FetchPlan.Full;
import dev.hatchery.agent.store.FetchPlan.Here;
import dev.hatchery.agent.store.FetchPlan.Need;
import dev.hatchery.agent.store.FetchPlan.Patch;
import dev.hatchery.agent.store.FetchPlan.Peer;
import dev.hatchery.agent.store.FetchPlan.Way;
import dev.hatchery.core.Delivery.DeltaUse;
import dev.hatchery.core.Digest;
import dev.hatchery.wire.DeltaOffer;
import dev.hatchery.wire.DeltaOffers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FetchPlanTest {
  private static final long SIZE = 1_000_000;
  private static final Digest TARGET = Digest.of(new byte[] {0});
  private static final Digest HELD = Digest.of(new byte[] {1});
  private static final Digest OTHER = Digest.of(new byte[] {2});
  private static final DeltaOffer FROM_HELD = offer(Optional.of(HELD), 3, 100_000);
  private static final DeltaOffer FROM_OTHER = offer(Optional.of(OTHER), 4, 50_000);
  private static final DeltaOffer FROM_NOTHING = offer(Optional.empty(), 5, 700_000);

  private static DeltaOffer offer(Optional<Digest> base, int patch, long size) {
    return new DeltaOffer(base, Digest.of(new byte[] {(byte) patch}), size);
  }

  private static Optional<DeltaOffers> answer(boolean pending, DeltaOffer... offers) {
    return Optional.of(new DeltaOffers(TARGET, SIZE, List.of(offers), pending));
  }

  /** A need that is like another but for what a test is about. */
  private record Case(
      long size,
      boolean here,
      DeltaUse deltas,
      boolean peers,
      boolean failed,
      Optional<DeltaOffers> offers,
      Set<Digest> held,
      long begun,
      Map<Digest, Long> patches,
      boolean patient) {
    static final Case USUAL =
        new Case(
            SIZE,
            false,
            DeltaUse.PREFER,
            false,
            false,
            answer(false, FROM_HELD, FROM_OTHER, FROM_NOTHING),
            Set.of(HELD),
            0,
            Map.of(),
            true);

    Case offers(Optional<DeltaOffers> o) {
      return new Case(size, here, deltas, peers, failed, o, held, begun, patches, patient);
    }

    Case deltas(DeltaUse use) {
      return new Case(size, here, use, peers, failed, offers, held, begun, patches, patient);
    }

    Case begun(long bytes, Map<Digest, Long> ofPatches) {
      return new Case(size, here, deltas, peers, failed, offers, held, bytes, ofPatches, patient);
    }

    Case failed(boolean f) {
      return new Case(size, here, deltas, peers, f, offers, held, begun, patches, patient);
    }

    Case held(Set<Digest> h) {
      return new Case(size, here, deltas, peers, failed, offers, h, begun, patches, patient);
    }

    Case peers(boolean p) {
      return new Case(size, here, deltas, p, failed, offers, held, begun, patches, patient);
    }

    Case patient(boolean p) {
      return new Case(size, here, deltas, peers, failed, offers, held, begun, patches, p);
    }

    Case size(long s) {
      return new Case(s, here, deltas, peers, failed, offers, held, begun, patches, patient);
    }

    Case here(boolean h) {
      return new Case(size, h, deltas, peers, failed, offers, held, begun, patches, patient);
    }

    List<Way> ways() {
      return FetchPlan.of(
              new Need(size, here, deltas, peers, failed, offers, held, begun, patches, patient))
          .ways();
    }
  }

  @Test
  void whatIsHereIsNotFetched() {
    assertThat(Case.USUAL.here(true).peers(true).ways()).containsExactly(new Here());
  }

  @Test
  void neighboursComeBeforeThePatchAndThePatchBeforeTheWholeFile() {
    assertThat(Case.USUAL.peers(true).ways())
        .containsExactly(new Peer(), new Patch(FROM_HELD), new Full());
  }

  @Test
  void aSmallerPatchForSomethingElseIsOfNoUse() {
    assertThat(Case.USUAL.held(Set.of(HELD, OTHER)).ways())
        .containsExactly(new Patch(FROM_OTHER), new Full());
  }

  @Test
  void aDeviceThatHoldsNothingTakesTheCompressedFile() {
    assertThat(Case.USUAL.held(Set.of()).ways())
        .containsExactly(new Patch(FROM_NOTHING), new Full());
  }

  @Test
  void aServerThatKnowsNoPatchesGivesTheWholeFile() {
    assertThat(Case.USUAL.offers(Optional.empty()).ways()).containsExactly(new Full());
  }

  @Test
  void aPatchThatFailedIsNotTriedAgainAndNoOtherIs() {
    assertThat(Case.USUAL.failed(true).ways()).containsExactly(new Full());
    assertThat(Case.USUAL.failed(true).deltas(DeltaUse.REQUIRE).ways()).isEmpty();
  }

  @Test
  void anOrderWithoutPatchesTakesTheWholeFile() {
    assertThat(Case.USUAL.deltas(DeltaUse.OFF).ways()).containsExactly(new Full());
  }

  @Test
  void anOrderOfPatchesOnlyNeverTakesALargeFileWhole() {
    assertThat(Case.USUAL.deltas(DeltaUse.REQUIRE).ways()).containsExactly(new Patch(FROM_HELD));
    assertThat(Case.USUAL.deltas(DeltaUse.REQUIRE).offers(Optional.empty()).ways()).isEmpty();
    assertThat(Case.USUAL.deltas(DeltaUse.REQUIRE).begun(SIZE - 1, Map.of()).ways())
        .containsExactly(new Patch(FROM_HELD));
  }

  @Test
  void smallFilesComeWholeWhateverTheOrderSays() {
    for (DeltaUse use : DeltaUse.values()) {
      assertThat(Case.USUAL.size(16 * 1024).deltas(use).peers(true).offers(Optional.empty()).ways())
          .containsExactly(new Full());
      assertThat(Case.USUAL.size(16 * 1024 + 1).deltas(use).offers(Optional.empty()).ways())
          .hasSize(use == DeltaUse.REQUIRE ? 0 : 1);
    }
  }

  @Test
  void whateverIsNearlyHereIsFinished() {
    assertThat(Case.USUAL.begun(899_999, Map.of()).ways())
        .containsExactly(new Patch(FROM_HELD), new Full());
    assertThat(Case.USUAL.begun(900_000, Map.of()).ways()).containsExactly(new Full());
    assertThat(Case.USUAL.begun(950_000, Map.of(FROM_HELD.patch(), 60_000L)).ways())
        .containsExactly(new Patch(FROM_HELD), new Full());
    assertThat(Case.USUAL.begun(0, Map.of(FROM_NOTHING.patch(), 650_000L)).ways())
        .containsExactly(new Patch(FROM_NOTHING), new Full());
  }

  @Test
  void aPatchInTheMakingIsWaitedForOnlyWhereItCanPay() {
    Case none = Case.USUAL.offers(answer(true));
    assertThat(none.ways()).startsWith(new Await());
    assertThat(none.offers(answer(true, FROM_NOTHING)).ways()).startsWith(new Await());
    assertThat(none.offers(answer(true, FROM_HELD)).ways()).startsWith(new Patch(FROM_HELD));
    assertThat(none.patient(false).ways()).containsExactly(new Full());
    assertThat(none.held(Set.of()).ways()).as("a first install").containsExactly(new Full());
    assertThat(none.begun(1, Map.of()).ways()).containsExactly(new Full());
    assertThat(none.size(FetchPlan.WORTH_WAITING).offers(smallPending()).ways())
        .containsExactly(new Full());
    assertThat(none.failed(true).ways()).containsExactly(new Full());
  }

  private static Optional<DeltaOffers> smallPending() {
    return Optional.of(new DeltaOffers(TARGET, FetchPlan.WORTH_WAITING, List.of(), true));
  }

  @Test
  void whereNothingElseMayComeAPatchInTheMakingIsWaitedForWithoutEnd() {
    Case none = Case.USUAL.offers(answer(true)).deltas(DeltaUse.REQUIRE).patient(false);
    assertThat(none.ways()).containsExactly(new Await());
    assertThat(none.held(Set.of()).ways()).containsExactly(new Await());
    assertThat(none.offers(answer(true, FROM_NOTHING)).ways())
        .containsExactly(new Patch(FROM_NOTHING));
  }

  /** Every combination of what can be known, against what must hold of each plan. */
  @Test
  void everyPlanKeepsTheRules() {
    int plans = 0;
    for (Case one : everyCase()) {
      List<Way> ways = one.ways();
      plans++;
      if (one.here) {
        assertThat(ways).as("%s", one).containsExactly(new Here());
        continue;
      }
      boolean small = one.size <= FetchPlan.SMALL;
      assertThat(ways).as("%s", one).doesNotContain(new Here()).doesNotHaveDuplicates();
      assertThat(ways.contains(new Peer())).as("%s", one).isEqualTo(one.peers && !small);
      if (one.peers && !small) assertThat(ways.getFirst()).isEqualTo(new Peer());
      boolean wholeAllowed = small || one.deltas != DeltaUse.REQUIRE;
      assertThat(ways.contains(new Full())).as("%s", one).isEqualTo(wholeAllowed);
      if (wholeAllowed) assertThat(ways.getLast()).as("%s", one).isEqualTo(new Full());
      List<Patch> patches = patches(ways);
      assertThat(patches).as("%s", one).hasSizeLessThanOrEqualTo(1);
      if (small || one.deltas == DeltaUse.OFF || one.failed || one.offers.isEmpty()) {
        assertThat(patches).as("%s", one).isEmpty();
        assertThat(ways).as("%s", one).doesNotContain(new Await());
      }
      for (Patch patch : patches) {
        assertThat(patch.offer().base().map(one.held::contains).orElse(true)).isTrue();
        long still = still(one, patch.offer());
        if (wholeAllowed) assertThat(still).as("%s", one).isLessThan(one.size - one.begun);
        one.offers.orElseThrow().offers().stream()
            .filter(o -> o.base().map(one.held::contains).orElse(true))
            .forEach(o -> assertThat(still).as("%s", one).isLessThanOrEqualTo(still(one, o)));
      }
    }
    assertThat(plans).isEqualTo(2 * 2 * 3 * 2 * 2 * 7 * 3 * 2 * 2 * 2);
  }

  private static long still(Case one, DeltaOffer offer) {
    return offer.size() - one.patches.getOrDefault(offer.patch(), 0L);
  }

  private static List<Patch> patches(List<Way> ways) {
    return ways.stream().filter(Patch.class::isInstance).map(Patch.class::cast).toList();
  }

  private static List<Case> everyCase() {
    List<Optional<DeltaOffers>> answers =
        List.of(
            Optional.empty(),
            answer(false),
            answer(true),
            answer(false, FROM_HELD, FROM_NOTHING),
            answer(true, FROM_OTHER),
            answer(true, FROM_NOTHING),
            answer(false, FROM_HELD, FROM_OTHER, FROM_NOTHING));
    List<Case> all = new ArrayList<>();
    for (boolean here : List.of(true, false))
      for (boolean peers : List.of(true, false))
        for (DeltaUse use : DeltaUse.values())
          for (boolean failed : List.of(true, false))
            for (boolean patient : List.of(true, false))
              for (Optional<DeltaOffers> answer : answers)
                for (Set<Digest> held :
                    List.of(Set.<Digest>of(), Set.of(HELD), Set.of(HELD, OTHER)))
                  for (long begun : List.of(0L, 999_999L))
                    for (Map<Digest, Long> patches :
                        List.of(Map.<Digest, Long>of(), Map.of(FROM_HELD.patch(), 99_000L)))
                      for (long size : List.of(SIZE, 10_000L))
                        all.add(
                            new Case(
                                size,
                                here,
                                use,
                                peers,
                                failed,
                                answer,
                                held,
                                Math.min(begun, size),
                                patches,
                                patient));
    return all;
  }
}

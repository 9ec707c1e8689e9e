package dev.hatchery.server.leases;

import static dev.hatchery.server.leases.Town.FILE;
import static dev.hatchery.server.leases.Town.MIB;
import static dev.hatchery.server.leases.Town.OTHER;
import static dev.hatchery.server.leases.Town.ask;
import static dev.hatchery.server.leases.Town.limits;
import static dev.hatchery.server.leases.Town.site;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Priority;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.LeaseAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who gets a lease, and who waits for what. */
final class LeaseBookTest {
  private final Town town = new Town();

  @Test
  void withoutLimitsEveryoneGetsALeaseWithoutBounds() {
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, 10 * MIB, false));
    LeaseAnswer.Granted b = town.granted(ask("b", "oslo", FILE, 10 * MIB, false));

    assertThat(a.rate()).isEmpty();
    assertThat(a.bytes()).isEmpty();
    assertThat(b.lease()).isNotEqualTo(a.lease());
    assertThat(town.book.active()).isEqualTo(2);
  }

  @Test
  void oneDeviceOfASiteFetchesFirstAndItsNeighboursAreSentToIt() {
    town.granted("a");

    LeaseAnswer.Wait b = town.waits("b");

    assertThat(b.siteIsFetching()).isTrue();
    assertThat(b.reason()).contains("a is fetching this file for site oslo");
    assertThat(b.retryAfter()).isLessThanOrEqualTo(Duration.ofSeconds(5));
    town.granted(ask("c", "bergen", FILE, 10 * MIB));
    town.granted(ask("d", "oslo", OTHER, 10 * MIB));
    town.granted(ask("e", "oslo", FILE, 10 * MIB, false));
  }

  @Test
  void nobodyIsSentToADeviceThatGivesToNobody() {
    LeaseAnswer.Granted alone = town.granted(ask("a", "oslo", FILE, 10 * MIB, false));

    LeaseAnswer.Granted b = town.granted("b");
    assertThat(town.waits("c").reason()).contains("b is fetching this file");
    town.uses("a", alone, 10 * MIB, true);
    town.uses("b", b, MIB, true);
    // Neither that one is done nor that the other gave up sends anybody anywhere.
    town.granted("c");
  }

  @Test
  void whoIsBeforeInLineAndGivesToNobodyTakesAPlaceOfItsOwn() {
    town.limits = limits(0, 0, site(2, 0, 0, 0));
    LeaseAnswer.Granted x = town.granted(ask("x", "oslo", OTHER, MIB, false));
    town.granted(ask("y", "oslo", OTHER, MIB, false));
    town.waits(ask("a", "oslo", FILE, MIB, false));
    town.waits(ask("b", "oslo", FILE, MIB));
    town.uses("x", x, MIB, true);

    assertThat(town.waits(ask("b", "oslo", FILE, MIB)).reason())
        .isEqualTo("1 devices are before it in line");
    town.granted(ask("a", "oslo", FILE, MIB, false));
  }

  @Test
  void aNeighbourThatDidNotGetItFromItsPeersGoesOnItsOwn() {
    LeaseAnswer.Granted a = town.granted("a");
    town.waits("b");
    town.passes(Duration.ofSeconds(5));
    town.uses("a", a, 10 * MIB, true);

    for (int i = 0; i < 3; i++) {
      LeaseAnswer.Wait again = town.waits("b");
      assertThat(again.siteIsFetching()).isTrue();
      assertThat(again.retryAfter()).isEqualTo(Neighbours.SOON);
      town.passes(again.retryAfter());
    }
    town.granted("b");
    assertThat(town.waits("c").siteIsFetching()).isTrue();
  }

  @Test
  void aLeaderThatDiesIsReplacedByWhoeverWaitedLongest() {
    town.granted("a");
    town.waits("b");
    town.passes(Duration.ofSeconds(1));
    town.waits("c");
    for (int i = 0; i < 4; i++) {
      town.passes(Duration.ofSeconds(14));
      town.waits("c");
      town.waits("b");
    }
    town.passes(Duration.ofSeconds(4));

    LeaseAnswer.Wait c = town.waits("c");

    assertThat(c.siteIsFetching()).isFalse();
    assertThat(c.reason()).contains("before it in line for this file");
    town.granted("b");
    assertThat(town.waits("c").siteIsFetching()).isTrue();
  }

  @Test
  void aLeaderThatStandsStillHoldsNobodyBack() {
    LeaseAnswer.Granted a = town.granted("a");
    town.uses("a", a, MIB, false);
    for (int i = 0; i < 7; i++) {
      town.waits("b");
      town.passes(Duration.ofSeconds(15));
      town.uses("a", a, MIB, false);
    }
    town.passes(Duration.ofSeconds(15));

    town.granted("b");
  }

  @Test
  void aDownloadThatStandsStillGivesItsPlaceToWhoeverWaits() {
    town.limits = limits(0, 0, site(1, 0, 0, 0));
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, 10 * MIB));
    Ask b = ask("b", "oslo", OTHER, 10 * MIB);
    for (int i = 0; i < 4; i++) {
      town.passes(Duration.ofSeconds(29));
      assertThat(town.uses("a", a, 0, false).orElseThrow()).isInstanceOf(LeaseAnswer.Granted.class);
    }
    town.waits(b);
    town.passes(Duration.ofSeconds(5));

    assertThat(town.uses("a", a, 0, false).orElseThrow())
        .isInstanceOfSatisfying(
            LeaseAnswer.Wait.class, wait -> assertThat(wait.reason()).contains("others wait"));
    town.granted(b);
  }

  @Test
  void theNumberOfDownloadsIsBoundedPerSiteAndPerServer() {
    town.limits = limits(2, 0, site(1, 0, 0, 0));
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, MIB));

    assertThat(town.waits(ask("b", "oslo", OTHER, MIB)).reason())
        .isEqualTo("site oslo: 1 of 1 downloads in use by a");
    town.granted(ask("c", "bergen", FILE, MIB));
    assertThat(town.waits(ask("d", "moss", FILE, MIB)).reason())
        .isEqualTo("server: 2 of 2 downloads in use");

    town.uses("a", a, MIB, true);
    LeaseAnswer.Wait d = town.waits(ask("d", "moss", FILE, MIB));
    assertThat(d.reason()).contains("before it in line");
    town.granted(ask("b", "oslo", OTHER, MIB));
  }

  @Test
  void whoComesForAHigherPriorityIsBeforeThoseThatWaitAndInterruptsNobody() {
    town.limits = limits(1, 0, Limits.Site.NONE);
    LeaseAnswer.Granted a = town.granted(of(Priority.LOW, "a", "oslo"));
    town.waits(of(Priority.LOW, "low", "bergen"));
    town.waits(of(Priority.NORMAL, "first", "moss"));
    town.waits(of(Priority.NORMAL, "second", "hamar"));
    town.waits(of(Priority.HIGH, "high", "tromso"));
    assertThat(town.uses("a", a, 10, false).orElseThrow())
        .as("it goes on")
        .isInstanceOf(LeaseAnswer.Granted.class);
    town.uses("a", a, MIB, true);
    assertThat(town.waits(of(Priority.NORMAL, "first", "moss")).reason()).contains("before it");
    LeaseAnswer.Granted high = town.granted(of(Priority.HIGH, "high", "tromso"));
    town.uses("high", high, MIB, true);
    town.waits(of(Priority.NORMAL, "second", "hamar"));
    town.waits(of(Priority.LOW, "low", "bergen"));
    LeaseAnswer.Granted first = town.granted(of(Priority.NORMAL, "first", "moss"));
    town.uses("first", first, MIB, true);
    town.waits(of(Priority.LOW, "low", "bergen"));
    LeaseAnswer.Granted second = town.granted(of(Priority.NORMAL, "second", "hamar"));
    town.uses("second", second, MIB, true);
    town.granted(of(Priority.LOW, "low", "bergen"));
  }

  private static Ask of(Priority priority, String device, String site) {
    Ask ask = ask(device, site, FILE, MIB);
    return new Ask(
        ask.holder(),
        ask.commandId(),
        ask.uplink(),
        ask.zone(),
        ask.blob(),
        ask.bytes(),
        ask.patch(),
        ask.free(),
        ask.peers(),
        ask.rate(),
        priority);
  }

  @Test
  void aPlaceIsKeptOnlyForWhoeverComesBack() {
    town.limits = limits(1, 0, Limits.Site.NONE);
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, MIB));
    town.waits(ask("b", "bergen", FILE, MIB));
    town.waits(ask("c", "moss", FILE, MIB));
    town.uses("a", a, MIB, true);
    assertThat(town.waits(ask("c", "moss", FILE, MIB)).reason()).contains("before it");

    town.passes(Duration.ofSeconds(31));
    town.waits(ask("c", "moss", FILE, MIB));
    town.passes(Duration.ofSeconds(3));

    town.granted(ask("c", "moss", FILE, MIB));
  }

  @Test
  void rollbacksAndSmallDocumentsPassEveryLimit() {
    town.limits = limits(1, 1024, site(1, 1024, 1024, 1024));
    town.granted(ask("a", "oslo", FILE, 512));
    town.granted(ask("b", "oslo", FILE, 512));
    Ask full = ask("c", "oslo", OTHER, 10 * MIB);
    Ask rollback =
        new Ask(
            full.holder(),
            "r",
            full.uplink(),
            full.zone(),
            full.blob(),
            full.bytes(),
            false,
            true,
            true,
            Optional.empty(),
            Priority.NORMAL);

    LeaseAnswer.Granted granted = town.granted(rollback);

    assertThat(granted.rate()).isEmpty();
    assertThat(town.uses("c", granted, 9 * MIB, false)).isPresent();
    assertThat(town.spentToday("oslo")).isEqualTo(9 * MIB);
  }

  @Test
  void ratesAreSharedAndTheSmallestShareWins() {
    town.limits =
        new Limits(
            new Limits.Server(java.util.OptionalInt.empty(), Optional.of(new DataSize(8 * MIB))),
            java.util.Map.of("oslo", site(0, 2 * MIB, 0, 0)),
            Limits.Site.NONE,
            Optional.of(new DataSize(3 * MIB)));
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, 100 * MIB));
    LeaseAnswer.Granted c = town.granted(ask("c", "bergen", FILE, 100 * MIB));

    assertThat(a.rate()).contains(new DataSize(2 * MIB));
    assertThat(c.rate()).contains(new DataSize(3 * MIB));
    LeaseAnswer.Wait b = town.waits(ask("b", "oslo", OTHER, 100 * MIB));
    assertThat(b.reason()).contains("the rate of site oslo");

    town.passes(Duration.ofSeconds(10));
    var renewed = (LeaseAnswer.Granted) town.uses("a", a, MIB, false).orElseThrow();
    assertThat(renewed.rate()).contains(new DataSize(MIB));
    assertThat(town.granted(ask("b", "oslo", OTHER, 100 * MIB)).rate()).contains(new DataSize(MIB));
  }

  @Test
  void aBudgetIsGrantedDownToItsEndAndRenewedAtMidnightOfTheSite() {
    town.limits = limits(0, 0, site(0, 0, 10 * MIB, 0));
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, 7 * MIB));
    LeaseAnswer.Granted b = town.granted(ask("b", "oslo", OTHER, 7 * MIB));
    assertThat(a.bytes()).hasValue(7 * MIB);
    assertThat(b.bytes()).hasValue(3 * MIB);

    town.uses("a", a, 7 * MIB, true);
    LeaseAnswer stop = town.uses("b", b, 3 * MIB, false).orElseThrow();

    assertThat(stop).isInstanceOf(LeaseAnswer.Wait.class);
    LeaseAnswer.Wait wait = town.waits(ask("b", "oslo", OTHER, 4 * MIB));
    assertThat(wait.reason())
        .isEqualTo(
            "site oslo has used 10.0 MiB of today's budget of 10.0 MiB; more at"
                + " 2026-11-22T23:00:00Z");
    town.now = Instant.parse("2026-11-22T22:59:59Z");
    town.waits(ask("b", "oslo", OTHER, 4 * MIB));
    town.passes(Duration.ofSeconds(1));
    assertThat(town.granted(ask("b", "oslo", OTHER, 4 * MIB)).bytes()).hasValue(4 * MIB);
  }

  @Test
  void aFileLargerThanADaysBudgetComesInSeveralDays() {
    town.limits = limits(0, 0, site(0, 0, 10 * MIB, 0));
    long left = 25 * MIB;
    int days = 0;
    while (left > 0) {
      LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, left));
      town.uses("a", a, a.bytes().orElseThrow(), true);
      left -= a.bytes().orElseThrow();
      days++;
      town.passes(Duration.ofDays(1));
    }
    assertThat(days).isEqualTo(3);
  }

  @Test
  void aMonthlyCapCountsFromItsDayAndLooksAtWhatWasReportedToo() {
    town.limits =
        new Limits(
            Limits.Server.NONE,
            java.util.Map.of(),
            new Limits.Site(
                java.util.OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new DataSize(10 * MIB)),
                23),
            Optional.empty());
    town.reported = 4 * MIB;
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, 20 * MIB));
    assertThat(a.bytes()).hasValue(6 * MIB);
    town.uses("a", a, 6 * MIB, true);
    assertThat(town.granted(ask("b", "oslo", OTHER, MIB)).bytes()).hasValue(MIB);

    town.reported = 10 * MIB;
    assertThat(town.waits(ask("c", "oslo", OTHER, 20 * MIB, false)).reason())
        .contains("cap of 10.0 MiB for the billing month 2026-10")
        .contains("2026-11-22T23:00:00Z");
    town.passes(Duration.ofDays(1));
    town.reported = 0;
    assertThat(town.granted(ask("c", "oslo", OTHER, 20 * MIB, false)).bytes()).hasValue(10 * MIB);
  }

  @Test
  void aLeaseThatEndsUnheardIsChargedInFullUntilItsDeviceComesBack() {
    town.limits = limits(0, 0, site(0, 0, 10 * MIB, 0));
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, 8 * MIB));
    town.uses("a", a, MIB, false);
    town.passes(Lease.VALID);
    assertThat(town.granted(ask("b", "oslo", FILE, 8 * MIB)).bytes()).hasValue(2 * MIB);

    LeaseAnswer.Wait again = town.waits(ask("a", "oslo", FILE, 5 * MIB));

    assertThat(again.siteIsFetching()).isTrue();
    assertThat(town.spentToday("oslo")).isEqualTo(3 * MIB);
  }

  @Test
  void aDeviceThatDidNotKnowThatItsLeaseHadEndedIsToldAndItsBytesAreCounted() {
    town.limits = limits(0, 0, site(0, 0, 10 * MIB, 0));
    LeaseAnswer.Granted a = town.granted(ask("a", "oslo", FILE, 8 * MIB));
    town.passes(Lease.VALID);

    assertThatThrownBy(() -> town.uses("a", a, 2 * MIB, false))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.NO_LEASE));
    assertThat(town.spentToday("oslo")).isEqualTo(2 * MIB);
    assertThat(town.uses("a", a, 2 * MIB, true)).isEmpty();
    assertThat(town.spentToday("oslo")).isEqualTo(2 * MIB);
  }

  @Test
  void nobodyUsesAnothersLease() {
    LeaseAnswer.Granted a = town.granted("a");

    assertThatThrownBy(() -> town.uses("b", a, MIB, false))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.NO_LEASE));
    assertThat(town.uses("b", a, MIB, true)).isEmpty();
    assertThat(town.book.active()).isEqualTo(1);
    assertThat(town.spentToday("oslo")).isZero();
  }

  @Test
  void aRepeatedUseCountsNothingTwice() {
    LeaseAnswer.Granted a = town.granted("a");
    town.uses("a", a, 3 * MIB, false);
    town.uses("a", a, 3 * MIB, false);
    town.uses("a", a, 2 * MIB, false);
    town.uses("a", a, 3 * MIB, true);

    assertThat(town.spentToday("oslo")).isEqualTo(3 * MIB);
  }

  @Test
  void whoeverAsksAgainForWhatItHoldsKeepsItsPlace() {
    town.limits = limits(1, 0, Limits.Site.NONE);
    LeaseAnswer.Granted first = town.granted(ask("a", "oslo", FILE, 8 * MIB));
    town.waits(ask("b", "bergen", FILE, MIB));

    LeaseAnswer.Granted second = town.granted(ask("a", "oslo", FILE, 5 * MIB));

    assertThat(second.lease()).isNotEqualTo(first.lease());
    assertThat(town.book.active()).isEqualTo(1);
    assertThat(town.spentToday("oslo")).isEqualTo(3 * MIB);
    town.waits(ask("b", "bergen", FILE, MIB));
  }

  @Test
  void aClockThatIsPutBackLengthensNoLease() {
    town.limits = limits(1, 0, Limits.Site.NONE);
    town.granted(ask("a", "oslo", FILE, MIB));
    town.passes(Duration.ofDays(-3));
    town.waits(ask("b", "bergen", FILE, MIB));
    town.passes(Lease.VALID.minusSeconds(30));
    town.waits(ask("b", "bergen", FILE, MIB));
    town.passes(Duration.ofSeconds(30));

    town.granted(ask("b", "bergen", FILE, MIB));
  }

  @Test
  void theLineHasAnEndAndWhoeverDoesNotFitMayStillAskAgain() {
    town.limits = limits(1, 0, Limits.Site.NONE);
    town.granted(ask("first", "oslo", FILE, MIB));
    for (int i = 0; i < Line.MAX + 10; i++) town.waits(ask("d" + i, "s" + i, FILE, MIB));

    assertThat(town.book.waiting()).isEqualTo(Line.MAX);
  }
}

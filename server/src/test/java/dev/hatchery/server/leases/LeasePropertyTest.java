package dev.hatchery.server.leases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Limits;
import dev.hatchery.server.limits.Uplink;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds whatever devices do and clocks show. A failure names the seed that shows it again. */
final class LeasePropertyTest {
  private static final long FIRST_SEED = 20261122;
  private static final int CASES = 300;
  private static final long MIB = 1 << 20;
  private static final List<String> SITES = List.of("oslo", "bergen", "moss");
  private static final List<Digest> FILES = List.of(Town.FILE, Town.OTHER);

  private static final class World {
    final Town town = new Town();
    final Random random;
    final List<Worker> workers = new ArrayList<>();
    final Map<String, Long> today = new HashMap<>();
    LocalDate day;
    boolean peersWork;

    World(long seed) {
      random = new Random(seed);
      Limits.Site site =
          Town.site(
              random.nextInt(4),
              random.nextBoolean() ? 0 : (1 + random.nextInt(8)) * MIB,
              random.nextBoolean() ? 0 : (5 + random.nextInt(60)) * MIB,
              0);
      Limits some =
          Town.limits(
              random.nextInt(5), random.nextBoolean() ? 0 : (1 + random.nextInt(16)) * MIB, site);
      town.limits =
          new Limits(
              some.server(),
              Map.of(),
              site,
              random.nextBoolean() ? Optional.empty() : Optional.of(DataSize.kib(512)));
      peersWork = random.nextBoolean();
      int n = 2 + random.nextInt(20);
      for (int i = 0; i < n; i++) {
        workers.add(
            new Worker(
                town,
                random,
                "d" + i,
                SITES.get(random.nextInt(SITES.size())),
                FILES.get(random.nextInt(FILES.size())),
                (1 + random.nextInt(20)) * MIB,
                random.nextInt(4) > 0));
      }
      day = today();
    }

    LocalDate today() {
      return town.now.atZone(Town.OSLO).toLocalDate();
    }

    void step(Duration time) {
      town.passes(time);
      if (!today().equals(day)) today.clear();
      day = today();
      for (Worker worker : workers) {
        long came = worker.step(time, this::have);
        today.merge(worker.site, came, Long::sum);
      }
    }

    private boolean have(Worker asking) {
      return peersWork
          && workers.stream()
              .anyMatch(
                  w -> w.done && w.site.equals(asking.site) && w.blob().equals(asking.blob()));
    }

    void check() {
      Limits limits = town.limits;
      assertThat(town.book.leased().counted())
          .isLessThanOrEqualTo(limits.server().concurrentDownloads().orElse(Integer.MAX_VALUE));
      rates(limits.server().rate(), List.copyOf(town.book.leased().all()));
      for (String name : SITES) {
        var uplink = new Uplink(name);
        Limits.Site site = limits.site(name);
        OptionalInt most = site.concurrentDownloads();
        assertThat(town.book.leased().counted(uplink))
            .isLessThanOrEqualTo(most.orElse(Integer.MAX_VALUE));
        rates(site.rate(), List.copyOf(town.book.leased().of(uplink)));
        site.dailyBudget()
            .ifPresent(
                budget ->
                    assertThat(today.getOrDefault(name, 0L))
                        .as("bytes of " + name + " today")
                        .isLessThanOrEqualTo(budget.bytes()));
      }
    }

    private static void rates(Optional<DataSize> limit, List<Lease> leases) {
      if (limit.isEmpty()) return;
      List<Lease> counted = leases.stream().filter(lease -> !lease.ask().free()).toList();
      assertThat(counted).allSatisfy(lease -> assertThat(lease.rate()).isPresent());
      assertThat(counted.stream().mapToLong(lease -> lease.rate().orElse(0)).sum())
          .isLessThanOrEqualTo(limit.get().bytes());
    }
  }

  private interface Check {
    void on(World world);
  }

  private static void forAll(Check check) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      try {
        check.on(new World(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void noLimitIsEverPassedWhateverDevicesDo() {
    forAll(
        world -> {
          for (int i = 0; i < 600; i++) {
            world.step(Duration.ofMillis(500 + world.random.nextInt(4000)));
            if (world.random.nextInt(20) == 0) {
              Worker one = world.workers.get(world.random.nextInt(world.workers.size()));
              one.silence(
                  Duration.ofSeconds(world.random.nextInt(200)), world.random.nextBoolean());
            }
            world.check();
          }
        });
  }

  @Test
  void everyoneIsServedInTheEnd() {
    forAll(
        world -> {
          int steps = 0;
          while (world.workers.stream().anyMatch(w -> !w.done)) {
            assertThat(steps++)
                .as("steps; waiting: %s", world.workers.stream().filter(w -> !w.done).count())
                .isLessThan(40_000);
            // Nothing comes of a day's rest but another budget.
            boolean rest = steps % 600 == 0;
            world.step(rest ? Duration.ofDays(1) : Duration.ofSeconds(2));
            if (steps < 300 && world.random.nextInt(30) == 0) {
              Worker one = world.workers.get(world.random.nextInt(world.workers.size()));
              one.silence(Duration.ofSeconds(world.random.nextInt(300)), true);
            }
          }
        });
  }

  @Test
  void clocksThatJumpPassNoNumberOfDownloadsAndStopNobodyForEver() {
    forAll(
        world -> {
          int steps = 0;
          while (world.workers.stream().anyMatch(w -> !w.done)) {
            assertThat(steps++).isLessThan(40_000);
            world.step(steps % 600 == 0 ? Duration.ofDays(1) : Duration.ofSeconds(2));
            if (steps < 500 && world.random.nextInt(25) == 0) {
              Duration jump = Duration.ofMinutes(world.random.nextInt(2880) - 1440L);
              world.town.passes(jump);
              world.workers.forEach(w -> w.shift(jump));
            }
            Limits limits = world.town.limits;
            assertThat(world.town.book.leased().counted())
                .isLessThanOrEqualTo(
                    limits.server().concurrentDownloads().orElse(Integer.MAX_VALUE));
          }
        });
  }

  @Test
  void aSiteWhosePeersWorkCrossesItsUplinkOnce() {
    forAll(
        world -> {
          world.workers.clear();
          world.peersWork = true;
          long size = (1 + world.random.nextInt(50)) * MIB;
          for (int i = 0; i < 10; i++) {
            world.workers.add(
                new Worker(world.town, world.random, "d" + i, "oslo", Town.FILE, size, true));
          }
          world.town.limits = Limits.NONE;
          for (int i = 0; i < 3000; i++) world.step(Duration.ofSeconds(2));

          assertThat(world.workers).allSatisfy(w -> assertThat(w.done).isTrue());
          assertThat(world.workers.stream().mapToInt(w -> w.leases).sum()).isEqualTo(1);
        });
  }

  @Test
  void whoeverAsksFirstIsServedFirstAtASite() {
    forAll(
        world -> {
          Town town = world.town;
          town.limits = Town.limits(0, 0, Town.site(1, 0, 0, 0));
          int n = 2 + world.random.nextInt(10);
          var holder = town.granted(Town.ask("x", "oslo", Town.FILE, MIB, false));
          List<Ask> inLine = new ArrayList<>();
          for (int i = 0; i < n; i++) {
            Ask ask = Town.ask("d" + i, "oslo", Town.FILE, MIB, false);
            town.waits(ask);
            inLine.add(ask);
            town.passes(Duration.ofMillis(world.random.nextInt(1000)));
          }
          String device = "x";
          while (!inLine.isEmpty()) {
            town.uses(device, holder, MIB, true);
            // Whoever is not next comes by before, and is sent away.
            for (int i = inLine.size() - 1; i > 0; i--) town.waits(inLine.get(i));
            Ask next = inLine.removeFirst();
            holder = town.granted(next);
            device = next.holder().device().value();
          }
        });
  }
}

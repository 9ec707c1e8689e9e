package dev.hatchery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.FitRule.UnknownFacts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FitTest {
  private static final DataSize NOTHING = new DataSize(0);

  /** A Raspberry Pi 5 with an AI HAT+ 2. */
  private static final DeviceFacts PI =
      new DeviceFacts(
          "Raspberry Pi 5 Model B Rev 1.0",
          "aarch64",
          "Debian GNU/Linux 13 (trixie)",
          "6.12.25+rpt-rpi-2712",
          DataSize.kib(8_255_616),
          List.of("HAILO10H"),
          Map.of("hailort", Version.parse("5.1.1"), "onnxruntime", Version.parse("1.29.0")),
          "0.1.0",
          new DeviceFacts.Platform(
              Optional.of(Version.parse("5.1.1")),
              Optional.of(Version.parse("5.1.1")),
              DataSize.kib(16),
              DataSize.mib(29_000),
              DataSize.mib(12_000)));

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          cpuArch      | aarch64                        |
          cpuArch      | x86_64                         | "CPU architecture aarch64, needs [x86_64]"
          boards       | Raspberry Pi 5                 |
          boards       | Raspberry Pi 5 Model B Rev 1.0 |
          boards       | Raspberry Pi                   |
          boards       | Raspberry Pi 50                | "board Raspberry Pi 5 Model B Rev 1.0, needs [Raspberry Pi 50]"
          boards       | Pi 5 Model B Rev 1             |
          boards       | Pi 5 Mod                       | "board Raspberry Pi 5 Model B Rev 1.0, needs [Pi 5 Mod]"
          accelerators | HAILO10H                       |
          accelerators | HAILO8                         | "accelerator HAILO10H, needs [HAILO8]"
          hailort      | >=5.1 <5.3                     |
          hailort      | >=5.2                          | "hailort 5.1.1, needs >=5.2.0"
          tflite       | ""                             | "tflite unknown, needs any version"
          onnxruntime  | ""                             |
          driver       | =hailort                       |
          driver       | =hailort >=5.1                 |
          driver       | >=5.3                          | "driver 5.1.1, needs >=5.3.0"
          firmware     | =hailort <5                    | "firmware 5.1.1, needs <5.0.0"
          os           | trixie                         |
          os           | bookworm                       | "OS Debian GNU/Linux 13 (trixie), needs [bookworm]"
          kernel       | >=6.12 <7                      |
          kernel       | >=6.13                         | "kernel 6.12.25, needs >=6.13.0"
          pageSizes    | 16 KiB                         |
          pageSizes    | 4 KiB                          | "page size 16.0 KiB, needs [4 KiB]"
          minRam       | 7 GiB                          |
          minRam       | 8 GiB                          | "RAM 7.9 GiB, needs at least 8 GiB"
          minDisk      | 16 GiB                         |
          minDisk      | 32 GiB                         | "disk 28.3 GiB, needs at least 32 GiB"
          """,
      delimiter = '|')
  void eachRequirementIsHeldAgainstItsFact(String what, String wanted, String misfit) {
    Compatibility one = asking(what, wanted == null ? "" : wanted);
    List<String> said = one.fit(PI).misfits().stream().map(Misfit::toString).toList();
    assertThat(said).isEqualTo(misfit == null ? List.of() : List.of(misfit));
    assertThat(one.fit(PI).passes(UnknownFacts.HOLD)).isEqualTo(misfit == null);
  }

  @Test
  void theDriverMustBeTheLibrarysToTheLastNumber() {
    Compatibility same = asking("driver", "=hailort");
    assertThat(same.fit(with(PI, "5.1.0")).misfits())
        .containsExactly(new Misfit("driver", "hailort's 5.1.1", "5.1.0"));
    assertThat(same.fit(without(PI)).misfits())
        .containsExactly(new Misfit("driver", "hailort's 5.1.1", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "cpuArch,aarch64",
    "boards,Raspberry Pi 5",
    "accelerators,HAILO10H",
    "hailort,>=5.1",
    "driver,>=5.1",
    "driver,=hailort",
    "firmware,>=5.1",
    "os,trixie",
    "kernel,>=6",
    "pageSizes,4 KiB",
    "minRam,1 MiB",
    "minDisk,1 MiB"
  })
  void whatADeviceHasNotSaidIsNeitherYesNorNo(String what, String wanted) {
    Fit fit = asking(what, wanted).fit(DeviceFacts.UNKNOWN);
    assertThat(fit).isInstanceOf(Fit.Unknown.class);
    assertThat(fit.misfits()).hasSize(1).allMatch(Misfit::unknown);
    assertThat(fit.passes(UnknownFacts.HOLD)).isFalse();
    assertThat(fit.passes(UnknownFacts.WARN)).isTrue();
    assertThat(warning(asking(what, wanted)).fit(DeviceFacts.UNKNOWN)).isEqualTo(new Fit.Fits());
  }

  @Test
  void aKernelWhoseVersionCannotBeReadIsUnknown() {
    var odd = new DeviceFacts("", "", "", "mainline", NOTHING, List.of(), Map.of(), "");
    assertThat(asking("kernel", ">=6").fit(odd)).isInstanceOf(Fit.Unknown.class);
  }

  @Test
  void whatIsKnownToBeWrongStaysWrongWhateverElseIsUnknownOrWaived() {
    Compatibility both =
        new Compatibility(
            List.of("x86_64"), List.of("Raspberry Pi 5"), List.of(), Map.of(), NOTHING, true);
    var facts = new DeviceFacts("", "aarch64", "", "", NOTHING, List.of(), Map.of(), "");
    Fit fit = both.fit(facts);
    assertThat(fit)
        .isEqualTo(new Fit.Unfit(List.of(new Misfit("CPU architecture", "[x86_64]", "aarch64"))));
    assertThat(fit.passes(UnknownFacts.WARN)).isFalse();
  }

  @Test
  void oneMoreFactNeverTurnsAYesOrANoIntoUnknown() {
    Random random = new Random(4);
    int[] seen = new int[2];
    for (int n = 0; n < 20_000; n++) {
      Compatibility wanted = anyDemand(random);
      Map<String, String> said = new HashMap<>();
      Fit before = wanted.fit(facts(said));
      List<String> order = new ArrayList<>(FACTS.keySet());
      Collections.shuffle(order, random);
      for (String fact : order) {
        List<String> values = FACTS.getOrDefault(fact, List.of());
        said.put(fact, values.get(random.nextInt(values.size())));
        Fit after = wanted.fit(facts(said));
        String then = wanted + " with " + said;
        if (before instanceof Fit.Unfit) assertThat(after).as(then).isInstanceOf(Fit.Unfit.class);
        if (before instanceof Fit.Fits) {
          assertThat(after).as(then).isNotInstanceOf(Fit.Unknown.class);
          // A bundle that waives what is unknown may still learn better.
          if (!wanted.warnOnUnknown()) assertThat(after).as(then).isEqualTo(before);
        }
        before = after;
      }
      // Everything is said now.
      assertThat(before).isNotInstanceOf(Fit.Unknown.class);
      seen[before instanceof Fit.Fits ? 0 : 1]++;
    }
    assertThat(seen[0]).isGreaterThan(500);
    assertThat(seen[1]).isGreaterThan(500);
  }

  @Test
  void theOrderInWhichThingsAreAskedDoesNotMatter() {
    Random random = new Random(5);
    for (int n = 0; n < 2_000; n++) {
      List<String> boards = new ArrayList<>(List.of("Raspberry Pi 5", "Radxa", "trixie"));
      List<String> accelerators = new ArrayList<>(List.of("HAILO8", "HAILO10H", "HAILO8L"));
      Map<String, String> said = new HashMap<>();
      FACTS.forEach(
          (fact, values) -> {
            if (random.nextBoolean()) said.put(fact, values.get(random.nextInt(values.size())));
          });
      var one =
          new Compatibility(List.of(), boards, accelerators, Map.of(), DataSize.mib(1), false);
      Collections.shuffle(boards, random);
      Collections.shuffle(accelerators, random);
      var other =
          new Compatibility(List.of(), boards, accelerators, Map.of(), DataSize.mib(1), false);
      assertThat(other.fit(facts(said)).getClass()).isEqualTo(one.fit(facts(said)).getClass());
    }
  }

  @Test
  void aFleetIsToldByReasonAndEachDeviceCountsOnce() {
    Map<DeviceId, Fit> fits = new TreeMap<>();
    Misfit old = new Misfit("hailort", ">=5.2.0", "5.1.1");
    Misfit board = new Misfit("board", "[Raspberry Pi 5]", "Radxa ROCK 5B");
    for (int n = 0; n < 30; n++) fits.put(new DeviceId("old-" + n), new Fit.Unfit(List.of(old)));
    for (int n = 0; n < 7; n++) {
      fits.put(
          new DeviceId("rock-" + n), new Fit.Unfit(n == 0 ? List.of(board, old) : List.of(board)));
    }
    fits.put(new DeviceId("dumb"), new Fit.Unknown(List.of(new Misfit("hailort", ">=5.2.0", ""))));
    for (int n = 0; n < 374; n++) fits.put(new DeviceId("good-" + n), new Fit.Fits());

    FleetFit fleet = FleetFit.of(fits);

    assertThat(fleet.cannot())
        .isEqualTo(
            "37 of 412 devices cannot run this: 31 hailort 5.1.1, needs >=5.2.0 (old-0, old-1,"
                + " old-10, old-11, old-12, …); 7 board Radxa ROCK 5B, needs [Raspberry Pi 5]"
                + " (rock-0, rock-1, rock-2, rock-3, rock-4, …)");
    assertThat(fleet.unsaid())
        .isEqualTo(
            "1 of 412 devices do not say whether they can run this: 1 hailort unknown, needs"
                + " >=5.2.0 (dumb)");
    assertThat(fleet.whole()).isFalse();
    assertThat(FleetFit.of(Map.of(new DeviceId("good"), new Fit.Fits())).whole()).isTrue();
  }

  @Test
  void aStacksVersionReadsBackAsItWasWritten() {
    for (String text : List.of("=hailort", ">=5.1.0 <5.3.0", "=hailort >=5.1.0", "")) {
      assertThat(StackVersion.parse(text)).hasToString(text);
    }
    assertThat(StackVersion.parse("=5.1.1").asHailort()).isFalse();
    assertThatThrownBy(() -> StackVersion.parse("=tappas")).hasMessageContaining("not a version");
  }

  private static final Map<String, List<String>> FACTS =
      new TreeMap<>(
          Map.of(
              "board", List.of("Raspberry Pi 5 Model B Rev 1.0", "Radxa ROCK 5B"),
              "cpuArch", List.of("aarch64", "x86_64"),
              "accelerators", List.of("HAILO10H", "HAILO8"),
              "hailort", List.of("5.1.1", "5.2.0"),
              "driver", List.of("5.1.1", "5.2.0"),
              "os", List.of("Debian GNU/Linux 13 (trixie)", "Ubuntu 24.04"),
              "kernel", List.of("6.12.25+rpt", "5.15.0"),
              "pageSize", List.of("4 KiB", "16 KiB"),
              "ram", List.of("2 GiB", "8 GiB"),
              "disk", List.of("8 GiB", "64 GiB")));

  private static DeviceFacts facts(Map<String, String> said) {
    Optional<Version> driver = Optional.ofNullable(said.get("driver")).map(Version::parse);
    Map<String, Version> runtimes =
        said.containsKey("hailort")
            ? Map.of("hailort", Version.parse(said.getOrDefault("hailort", "")))
            : Map.of();
    return new DeviceFacts(
        said.getOrDefault("board", ""),
        said.getOrDefault("cpuArch", ""),
        said.getOrDefault("os", ""),
        said.getOrDefault("kernel", ""),
        DataSize.parse(said.getOrDefault("ram", "0 B")),
        said.containsKey("accelerators")
            ? List.of(said.getOrDefault("accelerators", ""))
            : List.of(),
        runtimes,
        "",
        new DeviceFacts.Platform(
            driver,
            Optional.empty(),
            DataSize.parse(said.getOrDefault("pageSize", "0 B")),
            DataSize.parse(said.getOrDefault("disk", "0 B")),
            NOTHING));
  }

  private static Compatibility anyDemand(Random random) {
    return new Compatibility(
        random.nextBoolean() ? List.of("aarch64") : List.of(),
        random.nextBoolean() ? List.of("Raspberry Pi 5") : List.of(),
        random.nextBoolean() ? List.of("HAILO10H") : List.of(),
        random.nextBoolean() ? Map.of("hailort", VersionRange.parse(">=5.2")) : Map.of(),
        random.nextBoolean() ? DataSize.mib(4096) : NOTHING,
        new Compatibility.Platform(
            random.nextInt(4) == 0 ? List.of("trixie") : List.of(),
            VersionRange.parse(random.nextInt(4) == 0 ? ">=6" : ""),
            StackVersion.parse(random.nextInt(4) == 0 ? "=hailort" : ""),
            StackVersion.ANY,
            random.nextInt(4) == 0 ? List.of(DataSize.kib(16)) : List.of(),
            random.nextInt(4) == 0 ? DataSize.mib(16_384) : NOTHING),
        random.nextInt(8) == 0);
  }

  private static DeviceFacts with(DeviceFacts facts, String driver) {
    DeviceFacts.Platform p = facts.platform();
    return facts.on(
        new DeviceFacts.Platform(
            Optional.of(Version.parse(driver)),
            p.firmware(),
            p.pageSize(),
            p.disk(),
            p.diskFree()));
  }

  private static DeviceFacts without(DeviceFacts facts) {
    return facts.on(DeviceFacts.Platform.UNKNOWN);
  }

  private static Compatibility warning(Compatibility c) {
    return new Compatibility(
        c.cpuArchs(), c.boards(), c.accelerators(), c.runtimes(), c.minRam(), c.platform(), true);
  }

  private static Compatibility asking(String what, String wanted) {
    List<String> one = List.of(wanted);
    boolean runtime = List.of("hailort", "onnxruntime", "tflite").contains(what);
    return new Compatibility(
        what.equals("cpuArch") ? one : List.of(),
        what.equals("boards") ? one : List.of(),
        what.equals("accelerators") ? one : List.of(),
        runtime ? Map.of(what, VersionRange.parse(wanted)) : Map.of(),
        what.equals("minRam") ? DataSize.parse(wanted) : NOTHING,
        new Compatibility.Platform(
            what.equals("os") ? one : List.of(),
            VersionRange.parse(what.equals("kernel") ? wanted : ""),
            StackVersion.parse(what.equals("driver") ? wanted : ""),
            StackVersion.parse(what.equals("firmware") ? wanted : ""),
            what.equals("pageSizes") ? List.of(DataSize.parse(wanted)) : List.of(),
            what.equals("minDisk") ? DataSize.parse(wanted) : NOTHING),
        false);
  }
}

package dev.hatchery.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.agent.config.AgentConfig.Overrides;
import dev.hatchery.agent.config.AgentConfig.SiteCache;
import dev.hatchery.agent.service.Contract;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Version;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentFileTest {
  private static final String FULL =
      """
      state: var
      enrolment: /etc/hatchery/enrolment.json
      device: line3-cam2
      labels: {site: oslo, network: lte}
      facts:
        accelerators: [HAILO10H]
        runtimes: {onnxruntime: 1.29.0}
      reconnect: {min: 500ms, max: 3s}
      longPoll: 30s
      reserve: 128 MiB
      download: {least: 1 KiB, within: 10s}
      slots:
        vision:
          channel: stable
          service:
            url: http://127.0.0.1:9001
            reload: {http: /reload}
            metricNames: {requests: frames_done_total}
        llm:
          channel: llm-stable
          service:
            url: http://localhost:8000
            reload: {command: [systemctl, restart, llm]}
            ready: /api/version
      zone: Europe/Oslo
      siteCache: {url: "http://cache.oslo.example:3128", token: true}
      """;

  @TempDir Path folder;

  private AgentConfig read(String text) throws Exception {
    Path file = folder.resolve("agent.yaml");
    Files.writeString(file, text);
    return AgentFile.read(file, "raspberrypi");
  }

  private static Contract contract(AgentConfig config, String slot) {
    return Objects.requireNonNull(config.slots().get(new Name(slot))).service();
  }

  @Test
  void everythingMayBeSaid() throws Exception {
    AgentConfig config = read(FULL);

    assertThat(config.state()).isEqualTo(folder.resolve("var"));
    assertThat(config.device().value()).isEqualTo("line3-cam2");
    assertThat(config.labels().get("site")).contains("oslo");
    assertThat(config.reserve()).contains(DataSize.mib(128));
    assertThat(config.longPoll()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.transfers().zone()).contains(ZoneId.of("Europe/Oslo"));
    assertThat(config.transfers().siteCache())
        .contains(new SiteCache(URI.create("http://cache.oslo.example:3128"), true));
    Contract vision = contract(config, "vision");
    assertThat(vision.reload()).isEqualTo(new Contract.Post("/reload"));
    assertThat(vision.ready()).isEqualTo("/healthz");
    assertThat(vision.names().requests()).isEqualTo("frames_done_total");
    assertThat(vision.names().errors()).isEqualTo("hatchery_inference_errors_total");
    assertThat(contract(config, "llm").reload())
        .isEqualTo(new Contract.Command(List.of("systemctl", "restart", "llm")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://cache.oslo.example:3128, false",
    "https://cache.oslo.example, true",
    "http://127.0.0.1:3128, true"
  })
  void aCacheIsShownTheTokenWhereNobodyElseSeesIt(String url, boolean token) throws Exception {
    AgentConfig config =
        read(
            "siteCache: '%s'%nslots: {vision: {channel: stable, service: {url: 'http://127.0.0.1:1'}}}"
                .formatted(url));

    assertThat(config.transfers().siteCache()).contains(new SiteCache(URI.create(url), token));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zone: Middle/Earth",
        "zone: ''",
        "siteCache: ftp://cache",
        "siteCache: 'http://user:secret@cache'",
        "siteCache: 'http://cache/?a=b'",
        "siteCache: cache:3128",
        "siteCache: {token: true}"
      })
  void aZoneOrACacheThatIsNoneIsRefused(String line) {
    String rest = "\nslots: {vision: {channel: stable, service: {url: 'http://127.0.0.1:1'}}}";

    assertThatThrownBy(() -> read(line + rest)).isInstanceOf(Refusal.class);
  }

  @Test
  void littleMustBeSaid() throws Exception {
    AgentConfig config =
        read("slots: {vision: {channel: stable, service: {url: \"http://127.0.0.1:1\"}}}");

    assertThat(config.device().value()).isEqualTo("raspberrypi");
    assertThat(config.state()).isEqualTo(Path.of("/var/lib/hatchery"));
    assertThat(config.longPoll()).isEqualTo(Duration.ofMinutes(30));
    assertThat(config.transfers()).isEqualTo(AgentConfig.Transfers.DEFAULT);
    assertThat(config.reconnect().max()).isEqualTo(Duration.ofMinutes(5));
    assertThat(contract(config, "vision").reload()).isEqualTo(new Contract.Itself());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          longPoll: 30s                             | longPoll: soon                        | agent.yaml:9 longPoll
          longPoll: 30s                             | longpoll: 30s                         | agent.yaml:9 longpoll
          min: 500ms                                | min: 0s                               | agent.yaml:8 reconnect
          url: http://127.0.0.1:9001                | url: http://10.0.0.7:9001             | agent.yaml:16 slots.vision.service.url
          url: http://127.0.0.1:9001                | url: https://127.0.0.1:9001           | agent.yaml:16 slots.vision.service.url
          reload: {http: /reload}                   | reload: {http: /r, command: [x]}      | agent.yaml:17 slots.vision.service.reload
          reload: {http: /reload}                   | reload: sometimes                     | agent.yaml:17 slots.vision.service.reload
          ready: /api/version                       | ready: api                            | agent.yaml:22 slots.llm.service
          channel: stable                           | channel: Stable!                      | agent.yaml:14 slots.vision.channel
          {onnxruntime: 1.29.0}                     | {onnxruntime: latest}                 | agent.yaml:7 facts.runtimes.onnxruntime
          device: line3-cam2                        | device: line 3                        | agent.yaml:3 device
          """)
  void aMistakeIsNamedWithFileLineAndPath(String right, String wrong, String where) {
    assertThatThrownBy(() -> read(FULL.replace(right, wrong)))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.problem().where()).endsWith(where));
  }

  @Test
  void aHostNameThatIsNoDeviceNameIsSaid() throws Exception {
    Path file = folder.resolve("agent.yaml");
    Files.writeString(
        file, "slots: {vision: {channel: a, service: {url: \"http://127.0.0.1:1\"}}}");

    assertThatThrownBy(() -> AgentFile.read(file, ""))
        .hasMessageContaining("set device: in agent.yaml");
  }

  @Test
  void aMissingFileIsSaid() {
    assertThatThrownBy(() -> AgentFile.read(folder.resolve("none.yaml"), "x"))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void aDeviceSeesItself() throws Exception {
    write("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0");
    write("proc/sys/kernel/osrelease", "6.12.25+rpt-rpi-2712\n");
    write("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n");
    write("proc/meminfo", "MemTotal:        8255616 kB\nMemFree:         5312448 kB\n");
    write("proc/self/smaps", "Size: 16 kB\nKernelPageSize:       16 kB\nMMUPageSize: 16 kB\n");
    write("sys/module/hailo1x_pci/version", "5.1.1\n");
    write("usr/lib/libhailort.so.5.1.1", "");
    write("usr/lib/libhailort.so.5.2.0", "");
    write("usr/lib/libhailort.so.x", "");
    DeviceFacts facts =
        Facts.read(
            folder,
            "aarch64",
            "0.1.0",
            new Overrides(
                Optional.empty(),
                List.of("HAILO10H"),
                Map.of("onnxruntime", Version.parse("1.29.0"))));

    assertThat(facts.board()).isEqualTo("Raspberry Pi 5 Model B Rev 1.0");
    assertThat(facts.cpuArch()).isEqualTo("aarch64");
    assertThat(facts.kernel()).isEqualTo("6.12.25+rpt-rpi-2712");
    assertThat(facts.os()).isEqualTo("Debian GNU/Linux 13 (trixie)");
    assertThat(facts.ram()).isEqualTo(DataSize.kib(8_255_616));
    assertThat(facts.accelerators()).containsExactly("HAILO10H");
    assertThat(facts.platform().driver()).contains(Version.parse("5.1.1"));
    assertThat(facts.runtimes())
        .containsOnly(
            Map.entry("hailort", Version.parse("5.2.0")),
            Map.entry("onnxruntime", Version.parse("1.29.0")));
    assertThat(facts.platform().firmware()).isEmpty();
    assertThat(facts.platform().pageSize()).isEqualTo(DataSize.kib(16));
    assertThat(facts.with(100, 40).platform().diskFree()).isEqualTo(new DataSize(40));
  }

  @Test
  void whatCannotBeSeenIsUnknown() {
    DeviceFacts facts = Facts.read(folder, "amd64", "", Overrides.NONE);

    assertThat(facts.board()).isEmpty();
    assertThat(facts.cpuArch()).isEqualTo("x86_64");
    assertThat(facts.ram().bytes()).isZero();
    assertThat(facts.platform()).isEqualTo(DeviceFacts.Platform.UNKNOWN);
  }

  @Test
  void whatTheFileSaysOfARuntimeIsTakenBeforeWhatIsSeen() throws Exception {
    write("usr/lib/libhailort.so.5.2.0", "");
    var said = Map.of("hailort", Version.parse("5.1.1"));
    var overrides = new Overrides(Optional.empty(), List.of(), said);
    assertThat(Facts.read(folder, "amd64", "", overrides).runtimes()).isEqualTo(said);
  }

  @Test
  void factsAreReadAnewOnceAMinute() {
    var nanos = new AtomicLong();
    var kernels = new ArrayDeque<>(List.of("one", "two", "three"));
    Lookout lookout = new Lookout(() -> kernel(kernels.remove()), nanos::get);
    nanos.set(Duration.ofMinutes(1).toNanos() - 1);
    assertThat(lookout.get().kernel()).isEqualTo("one");
    nanos.incrementAndGet();
    assertThat(lookout.get().kernel()).isEqualTo("two");
    assertThat(lookout.get().kernel()).isEqualTo("two");
  }

  private static DeviceFacts kernel(String kernel) {
    return new DeviceFacts("", "", "", kernel, new DataSize(0), List.of(), Map.of(), "");
  }

  private void write(String path, String text) throws Exception {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}

package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.yaml.Yaml;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits over HTTP, and the leases that hold them, on a real database. */
final class LimitsTest {
  private static final long MIB = 1 << 20;
  private Fleet fleet;

  @BeforeEach
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  @Test
  void limitsAreKeptOverARestartAndEveryChangeIsOnRecord() {
    assertThat(fleet.operator().limits()).isEqualTo(Limits.NONE);
    Limits wanted = limits("{otherSites: {dailyBudget: 500 MiB, firstDayOfBillingMonth: 5}}");

    assertThat(fleet.operator().setLimits(wanted)).isEqualTo(wanted);
    fleet.operator().setLimits(wanted);
    fleet.restart();

    assertThat(fleet.operator().limits()).isEqualTo(wanted);
    assertThat(fleet.operator().audit(0))
        .filteredOn(record -> record.action().equals("limits.put"))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.object()).isEqualTo("limits 1");
              assertThat(record.actor()).isEqualTo("operator:admin");
            });
  }

  @Test
  void onlyOneDeviceOfASiteDownloadsAtATimeAndTheNextIsNamed() throws Exception {
    fleet.operator().setLimits(limits("{otherSites: {concurrentDownloads: 1}}"));
    var all =
        lessees(
            "{peers: false}",
            Map.of(
                "cam-1",
                Map.of("site", "oslo"),
                "cam-2",
                Map.of("site", "oslo"),
                "cam-3",
                Map.of("site", "bergen")));
    Lessee a = all.get(0);
    Lessee b = all.get(1);
    Lessee c = all.get(2);

    LeaseAnswer.Granted held = a.granted(10 * MIB);

    assertThat(b.waits(10 * MIB).reason()).isEqualTo("site oslo: 1 of 1 downloads in use by cam-1");
    c.granted(10 * MIB);
    assertThat(a.renew(held, MIB)).isInstanceOf(LeaseAnswer.Granted.class);
    assertThat(a.rawUse(held.lease(), 10 * MIB, true).statusCode()).isEqualTo(204);
    b.granted(10 * MIB);
    assertThat(metrics())
        .contains("hatchery_leases{state=\"active\"} 2")
        .contains("hatchery_leases{state=\"waiting\"} 0");
  }

  @Test
  void aNeighbourIsSentToItsPeersWhileTheFileIsFetched() {
    Map<String, String> oslo = Map.of("site", "oslo");
    var all = lessees("{}", Map.of("cam-1", oslo, "cam-2", oslo));
    Lessee a = all.get(0);
    Lessee b = all.get(1);
    a.granted(10 * MIB);

    LeaseAnswer.Wait wait = b.waits(10 * MIB);

    assertThat(wait.siteIsFetching()).isTrue();
    assertThat(wait.reason()).contains("cam-1 is fetching this file for site oslo");
  }

  @Test
  void whatWasUsedOfABudgetIsNotForgottenByARestart() {
    fleet.operator().setLimits(limits("{sites: {oslo: {dailyBudget: 10 MiB}}}"));
    Lessee a = lessee("cam-1", Map.of("site", "oslo", "zone", "Europe/Oslo"), "{peers: false}");
    LeaseAnswer.Granted held = a.granted(20 * MIB);
    assertThat(held.bytes()).hasValue(10 * MIB);
    a.renew(held, 7 * MIB);

    fleet.restart();
    a.device().server = fleet.address();

    var lost = a.rawUse(held.lease(), 8 * MIB, false);
    assertThat(lost.statusCode()).isEqualTo(410);
    assertThat(Lessee.problem(lost).code()).isEqualTo(Code.NO_LEASE);
    LeaseAnswer.Granted rest = a.granted(13 * MIB);
    assertThat(rest.bytes()).hasValue(3 * MIB);
    a.rawUse(rest.lease(), 3 * MIB, true);
    assertThat(a.waits(10 * MIB).reason()).contains("has used 10.0 MiB of today's budget");

    fleet.clock.advance(Duration.ofDays(1));
    a.device().renewedToken();
    assertThat(a.granted(10 * MIB).bytes()).hasValue(10 * MIB);
  }

  @Test
  void aClosedWindowHoldsAtTheServerTooAndInTheDevicesZone() {
    Lessee shut = lessee("cam-1", Map.of("zone", "Europe/Oslo"), window(5, 9));
    LeaseAnswer.Wait wait = shut.waits(10 * MIB);
    assertThat(wait.reason()).contains("is closed until");
    assertThat(wait.siteIsFetching()).isFalse();

    fleet.clock.advance(Duration.ofHours(7));
    shut.device().renewedToken();
    LeaseAnswer.Granted open = shut.granted(10 * MIB);
    fleet.clock.advance(Duration.ofSeconds(30));
    assertThat(shut.renew(open, MIB)).isInstanceOf(LeaseAnswer.Granted.class);
  }

  @Test
  void aWindowWithoutAKnownZoneHolds() {
    Lessee lost = lessee("cam-1", Map.of("zone", "Mars/Base"), window(-2, 2));

    assertThat(lost.waits(10 * MIB).reason()).contains("this is not a time zone");
  }

  @Test
  void aMeteredLinkWaitsWhereOnlyUnmeteredOnesMayFetch() {
    var all =
        lessees(
            "{unmeteredOnly: true}",
            Map.of("cam-1", Map.of("metered", "true"), "cam-2", Map.of("metered", "false")));
    Lessee metered = all.get(0);
    Lessee free = all.get(1);

    assertThat(metered.waits(10 * MIB).reason()).contains("not metered");
    free.granted(10 * MIB);
    metered.granted(1000);
  }

  @Test
  void whoHasNoPeersIsNotSentToThem() {
    Map<String, String> oslo = Map.of("site", "oslo");
    var all = lessees("{}", Map.of("cam-1", oslo, "cam-2", oslo));
    all.get(0).granted(10 * MIB);

    assertThat(all.get(1).waits(10 * MIB).siteIsFetching()).isTrue();
    assertThat(all.get(1).asksAlone(10 * MIB)).isInstanceOf(LeaseAnswer.Granted.class);
  }

  @Test
  void theOrdersRateIsInTheLease() {
    assertThat(lessee("cam-1", Map.of(), "{rate: 64 KiB}").granted(10 * MIB).rate())
        .contains(DataSize.kib(64));
  }

  @Test
  void aRollbackIsGrantedWhateverHolds() {
    fleet.operator().setLimits(limits("{otherSites: {dailyBudget: 64 KiB, rate: 1 KiB}}"));
    Lessee before = lessee("cam-1", Map.of(), "{}");
    before.device().obey(before.order(), 0, 30);
    fleet.operator().promote("one");
    fleet.release("m@1.1.0");
    fleet.operator().startRollout(Fleet.spec("two", "m@1.1.0", Fleet.ALL));
    before.device().obey(await(before.device()), 0, 30);
    fleet.operator().abort("two", "test");
    Order back = await(before.device());
    assertThat(back.reason()).isEqualTo(Order.Reason.ROLLBACK);

    LeaseAnswer.Granted granted =
        new Lessee(before.device(), back, before.blob()).granted(500 * MIB);

    assertThat(granted.rate()).isEmpty();
    assertThat(granted.bytes()).isEmpty();
  }

  @Test
  void aLeaseIsForAFileOfAnOrderThatStands() {
    Lessee a = lessee("cam-1", Map.of(), "{}");

    var other = a.rawAsk(a.request("another", MIB));
    var stranger = new Lessee(a.device(), a.order(), Digest.of(new byte[] {7}));
    var foreign = stranger.rawAsk(stranger.request(a.order().commandId(), MIB));

    assertThat(other.statusCode()).isEqualTo(200);
    assertThat(other.body()).contains("\"wait\"").contains("stands no longer");
    assertThat(foreign.statusCode()).isEqualTo(409);
    assertThat(Lessee.problem(foreign).title()).contains("not part of the order");
  }

  private static Order await(Device device) {
    return Device.order(device.poll(20).orElseThrow());
  }

  private Lessee lessee(String id, Map<String, String> labels, String delivery) {
    return lessees(delivery, Map.of(id, labels)).getFirst();
  }

  /** Devices in the order of their ids, all ordered the same release. */
  private List<Lessee> lessees(String delivery, Map<String, Map<String, String>> labels) {
    var bundle = fleet.push("m@1.0.0", fleet.release);
    fleet.operator().createRelease(ReleaseId.parse("m@1.0.0"));
    List<Device> devices = new ArrayList<>();
    new TreeMap<>(labels).forEach((id, l) -> devices.add(fleet.device(id, l)));
    fleet
        .operator()
        .startRollout(
            Wire.ROLLOUT_SPEC.read(
                Yaml.parse(
                    """
                    rollout: one
                    slot: vision
                    channel: stable
                    release: m@1.0.0
                    stages: %s
                    gates: [{metric: errors, limit: 20%%}]
                    delivery: %s
                    """
                        .formatted(Fleet.ALL, delivery),
                    "rollout.yaml")));
    Digest file = bundle.manifest().files().getFirst().sha256();
    return devices.stream().map(device -> new Lessee(device, await(device), file)).toList();
  }

  // From so many hours after now to so many, on the clocks of Oslo.
  private String window(int from, int to) {
    var now = fleet.clock.instant().atZone(ZoneId.of("Europe/Oslo"));
    return "{window: \"%02d:00-%02d:00\"}"
        .formatted(now.plusHours(from).getHour(), now.plusHours(to).getHour());
  }

  private String metrics() throws Exception {
    var request = HttpRequest.newBuilder(URI.create(fleet.address() + "/metrics")).build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  private static Limits limits(String yaml) {
    return Wire.LIMITS.read(Yaml.parse(yaml, "limits.yaml"));
  }
}

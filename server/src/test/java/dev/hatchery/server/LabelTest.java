package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.DeviceView;
import dev.hatchery.wire.api.LabelsImported;
import dev.hatchery.wire.api.LabelsImported.Change;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.api.SiteRequest;
import dev.hatchery.wire.api.SiteView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels as a sheet, and what they do to a rollout that runs. */
final class LabelTest {
  private static final ZoneId ROME = ZoneId.of("Europe/Rome");

  @TempDir private Path folder;
  private Fleet fleet;
  private Device first;
  private Device second;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
    first = fleet.device("edge-1", Map.of("site", "oslo"));
    second = fleet.device("edge-2", Map.of("site", "bergen", "power", "solar"));
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private LabelsImported load(boolean dryRun, String... lines) {
    byte[] sheet = String.join("\r\n", lines).getBytes(StandardCharsets.UTF_8);
    return fleet.operator().importLabels(sheet, dryRun);
  }

  private DeviceView device(String id) {
    return fleet.operator().device(new DeviceId(id));
  }

  private Refusal.Problem problem(String... lines) {
    try {
      load(false, lines);
    } catch (Refusal refusal) {
      return refusal.problem();
    }
    throw new AssertionError("was taken");
  }

  @Test
  void anOperatorsLabelOutranksTheDevicesOwnAndTakingItAwayBringsThatBack() {
    LabelsImported done = load(false, "device,site,ring", "edge-1,tromso,beta", "edge-2,,stable");
    assertThat(done)
        .returns(2L, LabelsImported::rows)
        .returns(2L, LabelsImported::devices)
        .returns(3L, LabelsImported::set)
        .returns(0L, LabelsImported::removed)
        .returns(List.of("ring"), LabelsImported::newKeys);
    assertThat(done.first())
        .containsExactly(
            new Change(first.id, 2, "site", Optional.of("oslo"), Optional.of("tromso")),
            new Change(first.id, 2, "ring", Optional.empty(), Optional.of("beta")),
            new Change(second.id, 3, "ring", Optional.empty(), Optional.of("stable")));
    fleet.restart();
    assertThat(device("edge-1"))
        .returns(new Labels(Map.of("site", "tromso", "ring", "beta")), DeviceView::labels)
        .returns(new Labels(Map.of("site", "oslo")), DeviceView::own)
        .returns(new Labels(Map.of("site", "tromso", "ring", "beta")), DeviceView::given);
    LabelsImported back = load(false, "device,site,ring,power", "edge-1,-,-,-");
    assertThat(back)
        .returns(0L, LabelsImported::set)
        .returns(2L, LabelsImported::removed)
        .returns(List.of(), LabelsImported::newKeys);
    assertThat(back.first())
        .containsExactly(
            new Change(first.id, 2, "site", Optional.of("tromso"), Optional.of("oslo")),
            new Change(first.id, 2, "ring", Optional.of("beta"), Optional.empty()));
    assertThat(device("edge-1"))
        .returns(new Labels(Map.of("site", "oslo")), DeviceView::labels)
        .returns(Labels.NONE, DeviceView::given);
  }

  @Test
  void aDryRunSaysTheSameAndChangesNothing() {
    String[] sheet = {"device,site", "edge-1,tromso"};
    LabelsImported would = load(true, sheet);
    assertThat(device("edge-1").labels().get("site")).contains("oslo");
    LabelsImported done = load(false, sheet);
    assertThat(done.first()).isEqualTo(would.first());
    assertThat(would.dryRun()).isTrue();
    assertThat(done.dryRun()).isFalse();
    assertThat(fleet.operator().audit(0))
        .filteredOn(a -> a.action().equals("labels.import"))
        .extracting(AuditView::detail)
        .containsExactly("1 devices, 1 set, 0 taken away");
    assertThat(load(false, sheet).devices()).as("again").isZero();
  }

  @Test
  void whatWasExportedChangesNothingWhenItIsImported() {
    load(false, "device,site", "edge-1,tromso");
    fleet.operator().setSite(new SiteRequest("tromso", Optional.of(ROME)));
    byte[] sheet = fleet.operator().labels();
    assertThat(new String(sheet, StandardCharsets.UTF_8))
        .isEqualTo(
            "device,power,site,zone\r\nedge-1,,tromso,Europe/Rome\r\nedge-2,solar,bergen,\r\n");
    assertThat(fleet.operator().importLabels(sheet, false))
        .returns(2L, LabelsImported::rows)
        .returns(0L, LabelsImported::devices);
  }

  @Test
  void aWrongCellIsToldWithLineAndColumnAndNothingOfTheSheetIsTaken() {
    assertThat(problem("device,site,zone", "edge-1,tromso,", "edge-2,,Europe/Roma", "edge-9,x,"))
        .returns(Code.BAD_INPUT, Refusal.Problem::code)
        .returns("line 3, column 3 (zone)", Refusal.Problem::where)
        .returns("a name of IANA's, for example Europe/Oslo", Refusal.Problem::expected)
        .returns("Europe/Roma", Refusal.Problem::got);
    assertThat(problem("device,site", "edge-1,tromso", "edge-8,x", "edge-9,x"))
        .returns(Code.NOT_FOUND, Refusal.Problem::code)
        .returns("line 3, column 1 (device)", Refusal.Problem::where)
        .returns("1 other row is wrong: line 4", Refusal.Problem::fix);
    assertThat(problem("device,site", "edge-1,a b").where()).isEqualTo("line 2, column 2 (site)");
    assertThat(problem("device,awake", "edge-1,all-day").where())
        .isEqualTo("line 2, column 2 (awake)");
    assertThat(problem("device,site", "edge-1,x", "edge-1,y").where())
        .isEqualTo("line 3, column 1 (device)");
    assertThat(problem("device,site,site", "edge-1,x,y").where()).isEqualTo("line 1, column 3");
    assertThat(problem("device,si te", "edge-1,x").where()).isEqualTo("line 1, column 2");
    assertThat(problem("site,device", "x,edge-1").expected()).startsWith("device");
    assertThat(device("edge-1").labels()).isEqualTo(new Labels(Map.of("site", "oslo")));
  }

  @Test
  void aDeviceHasNoMoreLabelsThanMayBe() {
    var keys = new StringBuilder("device");
    var cells = new StringBuilder("edge-1");
    for (int i = 0; i < Labels.MAX; i++) {
      keys.append(",k").append(i);
      cells.append(",v");
    }
    assertThat(problem(keys.toString(), cells.toString()))
        .returns("line 2", Refusal.Problem::where)
        .returns("33", Refusal.Problem::got);
  }

  @Test
  void aSitesZoneHoldsForItsDevicesThatNameNone() {
    fleet.device("edge-3", Map.of("site", "oslo", "zone", "Asia/Tokyo"));
    fleet.operator().setSite(new SiteRequest("oslo", Optional.of(ROME)));
    fleet.device("edge-4", Map.of("site", "oslo"));
    fleet.restart();
    fleet.operator().setSite(new SiteRequest("bergen", Optional.of(ZoneId.of("Europe/Oslo"))));
    assertThat(fleet.operator().devices())
        .extracting(d -> d.labels().zone().getId())
        .containsExactly("Europe/Rome", "Europe/Oslo", "Asia/Tokyo", "Europe/Rome");
    assertThat(fleet.operator().sites())
        .extracting(SiteView::site)
        .containsExactly("bergen", "oslo");
    load(false, "device,site", "edge-1,bergen");
    assertThat(device("edge-1").labels().zone().getId()).as("moved").isEqualTo("Europe/Oslo");
    fleet.operator().setSite(new SiteRequest("oslo", Optional.empty()));
    assertThat(device("edge-4").labels()).isEqualTo(new Labels(Map.of("site", "oslo")));
    refused(Code.BAD_INPUT, () -> new SiteRequest("os lo", Optional.of(ROME)));
    refused(Code.BAD_INPUT, () -> new SiteRequest("", Optional.of(ROME)));
  }

  @Test
  void aHundredThousandRowsAreRead() {
    var sheet = new StringBuilder("device,site\r\nedge-1,tromso\r\n");
    for (int i = 1; i < 100_000; i++) sheet.append("nobody-").append(i).append(",oslo\r\n");
    assertThat(problem(sheet.toString()).fix())
        .startsWith("99998 other rows are wrong: line 4, 5, ");
    assertThat(problem(sheet + "one-more,x\r\n").code()).isEqualTo(Code.TOO_LARGE);
    assertThat(device("edge-1").labels().get("site")).contains("oslo");
  }

  @Test
  void relabellingMovesNobodyWithinARolloutThatRuns() {
    Device third = fleet.device("edge-3", Map.of("site", "oslo"));
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", first, second, third);
    String stages =
        "[{name: oslo, selector: site=oslo, soak: 1s}, {name: solar, selector: power=solar, soak:"
            + " 1s}, {name: all, percent: 100, soak: 1s}]";
    String id = fleet.operator().startRollout(Fleet.spec("two", "inspection@1.1.0", stages)).id();
    RolloutView planned = await(id, r -> r.devicesTouched() == 2);
    assertThat(planned.stages()).extracting(RolloutView.Stage::devices).containsExactly(2, 3, 3);
    // Each would be in another stage now.
    load(false, "device,site,power", "edge-1,bergen,solar", "edge-2,oslo,grid", "edge-3,,solar");
    first.obey(first.poll(20).orElseThrow());
    third.obey(third.poll(20).orElseThrow());
    RolloutView later = await(id, r -> r.stage() == 1 && r.devicesTouched() == 3);
    assertThat(later.stages()).isEqualTo(planned.stages());
    assertThat(later.members())
        .extracting(m -> m.device() + " " + m.stage())
        .containsExactlyInAnyOrder("edge-1 oslo", "edge-3 oslo", "edge-2 solar");
  }

  @Test
  void whoIsRelabelledIntoARolloutsSelectorIsNeitherTakenUpNorGivenTheHead() {
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", first, second);
    String stages = "[{name: half, percent: 50, soak: 1s}, {name: all, percent: 100, soak: 1s}]";
    String id =
        fleet
            .operator()
            .startRollout(Fleet.spec("two", "inspection@1.1.0", stages, "selector: site=oslo"))
            .id();
    load(false, "device,site", "edge-2,oslo");
    Device third = fleet.device("edge-3", Map.of("site", "oslo"));
    assertThat(third.poll(20)).as("the channel's head of now").isPresent();
    await(id, r -> r.fleet() == 2);
    first.obey(first.poll(20).orElseThrow());
    third.obey(third.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.COMPLETED);
    assertThat(second.poll(0)).as("relabelled while it ran").isEmpty();
    // The next rollout takes it.
    String again =
        fleet
            .operator()
            .startRollout(Fleet.spec("three", "inspection@1.1.0", Fleet.ALL, "selector: site=oslo"))
            .id();
    assertThat(await(again, r -> r.devicesTouched() == 3).fleet()).isEqualTo(3);
  }

  private RolloutView complete(String name, String release, Device... devices) {
    String id = fleet.operator().startRollout(Fleet.spec(name, release, Fleet.ALL)).id();
    for (Device device : devices) device.obey(device.poll(20).orElseThrow());
    return await(id, r -> r.phase() == Phase.COMPLETED);
  }

  private RolloutView await(String id, Predicate<RolloutView> until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    RolloutView last = fleet.operator().rollout(id);
    while (!until.test(last)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + last);
      last = fleet.operator().rollout(id);
    }
    return last;
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Traffic;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Concurrent;
import dev.hatchery.rollout.Disturbance;
import dev.hatchery.rollout.DriftRun;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.StageTallies;
import dev.hatchery.rollout.Tally;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import dev.hatchery.wire.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A member as it is stored; durations in ISO 8601, which loses nothing. */
final class MemberJson {
  static final Codec<Member> CODEC = Codec.of(MemberJson::write, MemberJson::read);

  private MemberJson() {}

  private static Node write(Member member) {
    return Tree.object()
        .put("device", member.device())
        .put("stage", member.stage())
        .put("attempt", member.attempt())
        .put("toldBack", member.toldBack())
        .put("commandId", member.commandId())
        .put("state", Fields.word(member.state()))
        .maybe("duty", member.duty().map(MemberJson::duty))
        .put("orderedAt", member.orderedAt())
        .put("since", member.since())
        .put("lastSeen", member.lastSeen())
        .maybe("bootId", member.bootId())
        .put("observed", member.observed())
        .put("requests", member.requests())
        .put("errors", member.errors())
        .put("baseline", baseline(member.baseline()))
        .put("bars", Tree.map(new TreeMap<>(member.bars()), MemberJson::real))
        .put("tallies", Tree.map(new TreeMap<>(member.tallies()), MemberJson::tally))
        .put("stageTallies", stageTallies(member.stageTallies()))
        .maybe(
            "drifts",
            Optional.of(member.drifts())
                .filter(drifts -> !drifts.isEmpty())
                .map(drifts -> Tree.map(new TreeMap<>(drifts), MemberJson::drift)))
        .put("localRollbacks", member.localRollbacks())
        .maybe("failure", member.failure())
        .put("restarts", member.restarts())
        .maybe("firstBad", member.firstBad())
        .put("trafficBefore", Wire.TRAFFIC.write(member.trafficBefore()))
        .put("traffic", Wire.TRAFFIC.write(member.traffic()))
        .put("trafficBack", Wire.TRAFFIC.write(member.trafficBack()))
        .put("wasConfirmed", member.wasConfirmed())
        .maybe("concurrent", unlessNone(member.concurrent()))
        .maybe("disturbance", member.disturbance().map(MemberJson::disturbance))
        .done();
  }

  private static Member read(Fields f) {
    return new Member(
        f.parsed("device", DeviceId::new),
        f.get("stage", Fields::smallInteger),
        f.get("attempt", Fields::smallInteger),
        f.or("toldBack", Fields::smallInteger, 0),
        f.text("commandId"),
        f.get("state", Fields.constant(Member.State.class)),
        f.maybe("duty", MemberJson::duty),
        f.parsed("orderedAt", Instant::parse),
        f.parsed("since", Instant::parse),
        f.parsed("lastSeen", Instant::parse),
        f.maybe("bootId", Fields::text),
        f.parsed("observed", Duration::parse),
        f.integer("requests"),
        f.integer("errors"),
        f.get("baseline", MemberJson::baseline),
        f.map("bars", key -> key, Fields::real),
        f.map("tallies", key -> key, MemberJson::tally),
        f.or("stageTallies", MemberJson::stageTallies, StageTallies.NONE),
        f.map("drifts", key -> key, MemberJson::drift),
        f.get("localRollbacks", Fields::smallInteger),
        f.maybeParsed("failure", Code::valueOf),
        f.get("restarts", Fields::smallInteger),
        f.maybeParsed("firstBad", Instant::parse),
        traffic(f, "trafficBefore", "bytesBefore"),
        traffic(f, "traffic", "bytesDownloaded"),
        traffic(f, "trafficBack", "bytesForRollback"),
        f.bool("wasConfirmed", false),
        f.or("concurrent", ComparisonJson::concurrent, Concurrent.NONE),
        f.maybe("disturbance", MemberJson::disturbance));
  }

  private static Optional<Node> unlessNone(Concurrent concurrent) {
    return concurrent.equals(Concurrent.NONE)
        ? Optional.empty()
        : Optional.of(ComparisonJson.concurrent(concurrent));
  }

  // Rows from before there were sources have one number, and all came from whole files.
  private static Traffic traffic(Fields f, String name, String number) {
    return f.maybe(name, Wire.TRAFFIC::read)
        .orElseGet(() -> Traffic.of(Traffic.Source.FULL, f.integer(number)));
  }

  private static Node duty(Duty duty) {
    return Tree.object().put("awake", duty.awake()).put("zone", duty.zone()).done();
  }

  private static Duty duty(Node node) {
    return Fields.read(
        node, f -> new Duty(f.parsed("awake", DailyWindow::parse), f.parsed("zone", ZoneId::of)));
  }

  private static Node disturbance(Disturbance disturbance) {
    return Tree.object()
        .put("at", disturbance.at())
        .put("until", disturbance.until())
        .put("what", disturbance.what())
        .done();
  }

  private static Disturbance disturbance(Node node) {
    return Fields.read(
        node,
        f ->
            new Disturbance(
                f.parsed("at", Instant::parse), f.parsed("until", Instant::parse), f.text("what")));
  }

  static Node baseline(Baseline baseline) {
    return Tree.object()
        .put("requests", baseline.requests())
        .put("errors", baseline.errors())
        .put("latency", Wire.LATENCY.write(baseline.latency()))
        .put("span", baseline.span())
        .maybe(
            "readings",
            Optional.of(baseline.readings())
                .filter(readings -> !readings.isEmpty())
                .map(readings -> Wire.SPREADS.write(new TreeMap<>(readings))))
        .maybe(
            "bins",
            Optional.of(baseline.bins())
                .filter(bins -> !bins.isEmpty())
                .map(bins -> Wire.BINS.write(new TreeMap<>(bins))))
        .done();
  }

  static Baseline baseline(Node node) {
    return Fields.read(
        node,
        f ->
            new Baseline(
                f.integer("requests"),
                f.integer("errors"),
                f.get("latency", Wire.LATENCY::read),
                f.parsed("span", Duration::parse),
                f.or("readings", Wire.SPREADS::read, Map.of()),
                f.or("bins", Wire.BINS::read, Map.of())));
  }

  private static Node drift(DriftRun run) {
    return Tree.object()
        .put("compared", run.compared())
        .put("inARow", run.inARow())
        .put("last", run.last())
        .done();
  }

  private static DriftRun drift(Node node) {
    return Fields.read(
        node,
        f ->
            new DriftRun(
                f.integer("compared"),
                f.get("inARow", Fields::smallInteger),
                f.get("last", Fields::real)));
  }

  private static Node real(double value) {
    return new Node.Real(value, Place.NOWHERE);
  }

  private static Node stageTallies(StageTallies told) {
    return Tree.object()
        .put("stage", told.stage())
        .put("tallies", Tree.map(new TreeMap<>(told.tallies()), MemberJson::tally))
        .done();
  }

  private static StageTallies stageTallies(Node node) {
    return Fields.read(
        node,
        f ->
            new StageTallies(
                f.get("stage", Fields::smallInteger),
                f.map("tallies", key -> key, MemberJson::tally)));
  }

  private static Node tally(Tally tally) {
    return Tree.object().put("n", tally.n()).put("k", tally.k()).done();
  }

  private static Tally tally(Node node) {
    return Fields.read(node, f -> new Tally(f.integer("n"), f.integer("k")));
  }
}

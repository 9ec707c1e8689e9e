package dev.hatchery.wire;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Event;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Readings;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Report;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Spread;
import dev.hatchery.core.Window;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import dev.hatchery.wire.tree.Tree;
import java.util.Map;
import java.util.OptionalInt;

/** What a device tells, and what it is answered. */
final class ReportForm {
  static final Codec<LatencyHistogram> LATENCY =
      new Codec<>(
          histogram -> Tree.map(histogram.counts(), Tree::integer),
          node -> new LatencyHistogram(Fields.map(node, ReportForm::bucket, Fields::integer)));

  static final Codec<Readings> READINGS =
      new Codec<>(
          readings -> Tree.map(readings.values(), ReportForm::real),
          node -> new Readings(Fields.map(node, Metric::new, Fields::real)));

  static final Codec<Map<Name, Bins>> BINS =
      new Codec<>(
          bins -> Tree.map(bins, ReportForm::bins),
          node -> Fields.map(node, Name::new, ReportForm::bins));

  static final Codec<Map<Metric, Spread>> SPREADS =
      new Codec<>(
          spreads -> Tree.map(spreads, s -> Tree.map(s.counts(), Tree::integer)),
          node -> Fields.map(node, Metric::new, ReportForm::spread));

  /** Shared with the operator API. */
  static final Codec<SlotStatus> STATUS = new Codec<>(ReportForm::slot, ReportForm::slot);

  static final Codec<Report> CODEC = Codec.of(ReportForm::write, ReportForm::read);

  static final Codec<ReportBatch> BATCH =
      Codec.of(
          batch ->
              Tree.object()
                  .put("nonce", batch.nonce())
                  .list("reports", batch.reports(), true, Wire.ENVELOPE::write)
                  .done(),
          f -> new ReportBatch(f.text("nonce"), f.list("reports", Wire.ENVELOPE::read)));

  static final Codec<ReportAnswer> ANSWER =
      Codec.of(
          answer ->
              Tree.object()
                  .put("ackSeq", answer.ackSeq())
                  .put("nextReport", Wire.duration(answer.nextReport()))
                  .put("heartbeat", Wire.ENVELOPE.write(answer.heartbeat()))
                  .done(),
          f ->
              new ReportAnswer(
                  f.integer("ackSeq"),
                  f.parsed("nextReport", Durations::parse),
                  f.get("heartbeat", Wire.ENVELOPE::read)));

  private ReportForm() {}

  private static Node write(Report report) {
    return Tree.object()
        .put("schema", "hatchery.report/v1")
        .put("device", report.device())
        .put("bootId", report.bootId())
        .put("seq", report.seq())
        .maybe("prevHash", report.prevHash())
        .put("at", report.at())
        .put("desiredCounter", report.desiredCounter())
        .maybe("facts", report.facts().map(Wire.FACTS::write))
        .put("slots", Tree.map(report.slots(), ReportForm::slot))
        .list("events", report.events(), false, ReportForm::event)
        .list("windows", report.windows(), false, ReportForm::window)
        .maybe("wire", report.wire().map(DeliveryForm.WIRE_COUNT::write))
        .done();
  }

  private static Report read(Fields f) {
    Schema.check(f, "hatchery.report/v1");
    return new Report(
        f.parsed("device", DeviceId::new),
        f.text("bootId"),
        f.integer("seq"),
        f.maybeParsed("prevHash", Digest::parse),
        f.parsed("at", Schema::instant),
        f.integer("desiredCounter"),
        f.maybe("facts", Wire.FACTS::read),
        f.map("slots", Name::new, ReportForm::slot),
        f.list("events", ReportForm::event),
        f.list("windows", ReportForm::window),
        f.maybe("wire", DeliveryForm.WIRE_COUNT::read));
  }

  private static Node slot(SlotStatus slot) {
    Tree tree =
        Tree.object()
            .put("state", Fields.word(slot.state()))
            .maybe("commandId", slot.commandId())
            .maybe("current", slot.current())
            .maybe("lkg", slot.lkg())
            .maybe("previous", slot.previous())
            .maybe("running", slot.running())
            .put("proof", Fields.word(slot.proof()))
            .maybe("reason", slot.reason())
            .put("detail", slot.detail())
            .maybe("pinned", slot.pinned())
            .maybe("shadow", slot.shadow());
    return DeliveryForm.put(tree, slot.traffic()).done();
  }

  private static SlotStatus slot(Node node) {
    return Fields.read(
        node,
        f ->
            new SlotStatus(
                f.get("state", Fields.constant(SlotStatus.State.class)),
                f.maybe("commandId", Fields::text),
                f.maybeParsed("current", Digest::parse),
                f.maybeParsed("lkg", Digest::parse),
                f.maybeParsed("previous", Digest::parse),
                f.maybeParsed("running", Digest::parse),
                f.get("proof", Fields.constant(SlotStatus.Proof.class)),
                f.maybeParsed("reason", ProblemForm::code),
                f.text("detail", ""),
                DeliveryForm.traffic(f),
                f.maybe("pinned", Fields::text),
                f.maybeParsed("shadow", Digest::parse)));
  }

  private static Node event(Event event) {
    Tree tree =
        Tree.object()
            .put("slot", event.slot())
            .put("kind", Fields.word(event.kind()))
            .put("at", event.at())
            .put("commandId", event.commandId())
            .maybe("bundle", event.bundle())
            .maybe("reason", event.reason())
            .put("detail", event.detail());
    return DeliveryForm.put(tree, event.traffic()).done();
  }

  private static Event event(Node node) {
    return Fields.read(
        node,
        f ->
            new Event(
                f.parsed("slot", Name::new),
                f.get("kind", Fields.constant(Event.Kind.class)),
                f.parsed("at", Schema::instant),
                f.text("commandId"),
                f.maybeParsed("bundle", Digest::parse),
                f.maybeParsed("reason", ProblemForm::code),
                f.text("detail", ""),
                DeliveryForm.traffic(f)));
  }

  private static Node window(Window window) {
    Tree tree =
        Tree.object()
            .put("slot", window.slot())
            .put("bundle", window.bundle())
            .put("index", window.index())
            .put("start", window.start())
            .put("length", Wire.duration(window.length()))
            .put("warm", window.warm())
            .put("inputs", window.inputs())
            .put("requests", window.requests())
            .put("errors", window.errors())
            .put("restarts", window.restarts())
            .put("latency", LATENCY.write(window.latency()));
    if (window.sample().isPresent()) tree.put("sample", window.sample().getAsInt());
    Readings read = window.readings();
    if (!read.values().isEmpty()) tree.put("readings", READINGS.write(read));
    if (!read.bins().isEmpty()) tree.put("bins", BINS.write(read.bins()));
    if (window.shadow()) tree.put("shadow", true);
    return tree.done();
  }

  private static Window window(Node node) {
    return Fields.read(
        node,
        f ->
            new Window(
                f.parsed("slot", Name::new),
                f.parsed("bundle", Digest::parse),
                f.integer("index"),
                f.parsed("start", Schema::instant),
                f.parsed("length", Durations::parse),
                f.get("warm", Fields::bool),
                f.integer("inputs"),
                f.integer("requests"),
                f.integer("errors"),
                f.get("restarts", Fields::smallInteger),
                f.get("latency", LATENCY::read),
                f.maybe("sample", Fields::smallInteger)
                    .map(OptionalInt::of)
                    .orElse(OptionalInt.empty()),
                // Agents from before there were readings send none.
                new Readings(
                    f.or("readings", READINGS::read, Readings.NONE).values(),
                    f.or("bins", BINS::read, Map.of())),
                f.bool("shadow", false)));
  }

  private static Node real(double value) {
    return new Node.Real(value, Place.NOWHERE);
  }

  private static Node bins(Bins bins) {
    return Tree.object()
        .put("total", bins.total())
        .put("counts", Tree.map(bins.counts(), Tree::integer))
        .done();
  }

  private static Bins bins(Node node) {
    return Fields.read(
        node, f -> new Bins(f.integer("total"), f.map("counts", bin -> bin, Fields::integer)));
  }

  private static Spread spread(Node node) {
    return new Spread(Fields.map(node, ReportForm::signedBucket, Fields::integer));
  }

  private static int signedBucket(String text) {
    if (!text.matches("-?[0-9]{1,4}")) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a bucket").got(text);
    }
    return Integer.parseInt(text);
  }

  private static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
    }
    return true;
  }

  private static int bucket(String text) {
    if (text.length() > 3 || text.isEmpty() || !digits(text)) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a bucket").got(text);
    }
    return Integer.parseInt(text);
  }
}

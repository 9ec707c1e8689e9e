package dev.hatchery.wire.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;

/** What a rehearsal stands on. */
final class RehearsalForm {
  private static final Codec<RehearsalView.Previous> PREVIOUS =
      Codec.open(
          p -> Tree.object().put("release", p.release()).put("manifest", p.manifest()).done(),
          f ->
              new RehearsalView.Previous(
                  f.parsed("release", ReleaseId::parse), f.parsed("manifest", Digest::parse)));

  static final Codec<RehearsalView> REHEARSAL =
      Codec.open(RehearsalForm::write, RehearsalForm::read);

  private static final Codec<RecordedDeviceView.Past> PAST =
      Codec.open(
          p ->
              Tree.object()
                  .put("requests", p.requests())
                  .put("errors", p.errors())
                  .put("latency", Wire.LATENCY.write(p.latency()))
                  .put("spanSeconds", p.span().toSeconds())
                  .done(),
          f ->
              new RecordedDeviceView.Past(
                  f.integer("requests"),
                  f.integer("errors"),
                  f.get("latency", Wire.LATENCY::read),
                  Duration.ofSeconds(f.integer("spanSeconds"))));

  private static final Codec<RecordedDeviceView.Duty> DUTY =
      Codec.open(
          d -> Tree.object().put("awake", d.awake()).put("zone", d.zone()).done(),
          f ->
              new RecordedDeviceView.Duty(
                  f.parsed("awake", DailyWindow::parse), f.parsed("zone", RehearsalForm::zone)));

  private static final Codec<RecordedDeviceView> DEVICE =
      Codec.open(RehearsalForm::write, RehearsalForm::device);

  static final Codec<RecordedDeviceView.Page> DEVICES =
      Codec.open(
          page ->
              Tree.object()
                  .list("devices", page.devices(), true, DEVICE::write)
                  .put("more", page.more())
                  .done(),
          f -> new RecordedDeviceView.Page(f.list("devices", DEVICE::read), f.bool("more", false)));

  private RehearsalForm() {}

  private static Node write(RehearsalView view) {
    return Tree.object()
        .put("rollout", view.rollout())
        .put("release", view.release())
        .put("target", view.target())
        .maybe("previous", view.previous().map(PREVIOUS::write))
        .put("seed", view.seed())
        .put("at", view.at())
        .put("idle", Words.duration(view.idle()))
        .put("deltaWait", Words.duration(view.deltaWait()))
        .put("fit", FitForm.FIT.write(view.fit()))
        .put("limits", Wire.LIMITS.write(view.limits()))
        .list("restraints", view.restraints(), true, RestraintForm.RESTRAINT::write)
        .put("refused", view.refused())
        .done();
  }

  private static RehearsalView read(Fields f) {
    return new RehearsalView(
        f.text("rollout"),
        f.parsed("release", ReleaseId::parse),
        f.parsed("target", Digest::parse),
        f.maybe("previous", PREVIOUS::read),
        f.integer("seed"),
        Words.at(f, "at"),
        Words.duration(f, "idle"),
        Words.duration(f, "deltaWait"),
        f.get("fit", FitForm.FIT::read),
        f.get("limits", Wire.LIMITS::read),
        f.list("restraints", RestraintForm.RESTRAINT::read),
        f.text("refused", ""));
  }

  private static Node write(RecordedDeviceView view) {
    return Tree.object()
        .put("id", view.id())
        .put("labels", Wire.LABELS.write(view.labels()))
        .put("facts", Wire.FACTS.write(view.facts()))
        .maybe("past", view.past().map(PAST::write))
        .maybe("duty", view.duty().map(DUTY::write))
        .maybe("heard", view.heard())
        .put("bytes", view.bytes())
        .done();
  }

  private static RecordedDeviceView device(Fields f) {
    return new RecordedDeviceView(
        f.parsed("id", DeviceId::new),
        f.get("labels", Wire.LABELS::read),
        f.get("facts", Wire.FACTS::read),
        f.maybe("past", PAST::read),
        f.maybe("duty", DUTY::read),
        Words.maybeAt(f, "heard"),
        f.integer("bytes"));
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a time zone").got(name).cause(e);
    }
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.rollout.Comparison;
import dev.hatchery.rollout.Comparison.Finding;
import dev.hatchery.rollout.Concurrent;
import dev.hatchery.rollout.ControlDevice;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The comparison with a control, as it is stored. */
final class ComparisonJson {
  private ComparisonJson() {}

  static Node write(Comparison comparison) {
    return Tree.object()
        .list("control", comparison.control().values(), true, ComparisonJson::device)
        .maybe("since", comparison.since())
        .put("looks", comparison.looks())
        .maybe("next", comparison.next())
        .list("findings", comparison.findings(), false, ComparisonJson::finding)
        .done();
  }

  static Comparison read(Node node) {
    return Fields.read(
        node,
        f -> {
          Map<DeviceId, ControlDevice> control = new LinkedHashMap<>();
          f.list("control", ComparisonJson::device).forEach(d -> control.put(d.device(), d));
          return new Comparison(
              control,
              f.maybeParsed("since", Instant::parse),
              f.get("looks", Fields::smallInteger),
              f.maybeParsed("next", Instant::parse),
              f.list("findings", ComparisonJson::finding));
        });
  }

  private static Node device(ControlDevice device) {
    return Tree.object()
        .put("device", device.device())
        .put("baseline", MemberJson.baseline(device.baseline()))
        .put("concurrent", concurrent(device.concurrent()))
        .done();
  }

  private static ControlDevice device(Node node) {
    return Fields.read(
        node,
        f ->
            new ControlDevice(
                f.parsed("device", DeviceId::new),
                f.get("baseline", MemberJson::baseline),
                f.get("concurrent", ComparisonJson::concurrent)));
  }

  static Node concurrent(Concurrent concurrent) {
    return Tree.object()
        .put("since", concurrent.since())
        .put("requests", concurrent.requests())
        .put("errors", concurrent.errors())
        .put("latency", Wire.LATENCY.write(concurrent.latency()))
        .done();
  }

  static Concurrent concurrent(Node node) {
    return Fields.read(
        node,
        f ->
            new Concurrent(
                f.parsed("since", Instant::parse),
                f.integer("requests"),
                f.integer("errors"),
                f.get("latency", Wire.LATENCY::read)));
  }

  private static Node finding(Finding finding) {
    return Tree.object()
        .put("metric", finding.metric())
        .put("within", finding.within())
        .put("better", finding.better())
        .put("reason", finding.reason())
        .done();
  }

  private static Finding finding(Node node) {
    return Fields.read(
        node,
        f ->
            new Finding(
                f.text("metric"),
                f.bool("within", false),
                f.bool("better", false),
                f.text("reason")));
  }
}

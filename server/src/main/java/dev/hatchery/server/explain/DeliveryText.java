package dev.hatchery.server.explain;

import dev.hatchery.core.Delivery;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Order;
import dev.hatchery.server.devices.Device;
import java.util.ArrayList;
import java.util.List;

/** An order's delivery, in words. */
final class DeliveryText {
  List<String> of(Device device, Order order) {
    Delivery delivery = order.delivery();
    List<String> lines = new ArrayList<>();
    lines.add(
        switch (delivery.deltas()) {
          case PREFER -> "a delta that is missing or fails is no matter: the whole file is fetched";
          case REQUIRE -> "deltas are required: without one that applies the order fails";
          case OFF -> "deltas are off: whole files only";
        });
    if (!delivery.peers()) lines.add("peers are off: nothing comes from its neighbours");
    delivery.rate().ifPresent(rate -> lines.add("at most " + rate + " a second"));
    if (delivery.unmeteredOnly()) {
      lines.add(
          device.labels().metered()
              ? "it waits: only unmetered links may be used, and its link is metered"
              : "only over unmetered links, as its link is");
    }
    delivery.stageFrom().ifPresent(at -> lines.add("it fetches nothing before " + at));
    delivery.activateFrom().ifPresent(at -> lines.add("it switches not before " + at));
    String zone = " in zone " + device.labels().get(Labels.ZONE).orElse("UTC");
    delivery.stageWindow().ifPresent(w -> lines.add("it fetches only " + w + zone));
    delivery.activateWindow().ifPresent(w -> lines.add("it switches only " + w + zone));
    return lines;
  }
}

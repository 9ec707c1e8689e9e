package dev.hatchery.server.placements;

import dev.hatchery.core.DeviceId;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an operator has asked for, and where each device stands.
 *
 * @param id of its pin, too
 * @param devices in the order of their ids
 */
public record Placement(
    long id,
    PlacementRequest request,
    String by,
    Instant at,
    Optional<PlacementView.LetGo> letGo,
    List<Placed> devices) {
  private static final String GIVER = "hand/";

  public Placement {
    devices = List.copyOf(devices);
  }

  /** Whether it keeps this device where it is. */
  public boolean keeps(DeviceId device) {
    return letGo.isEmpty() && devices.stream().anyMatch(d -> d.device().equals(device));
  }

  /** Whether nothing is left to be done. */
  public boolean over() {
    return letGo.isPresent() && devices.stream().allMatch(d -> d.settled().isPresent());
  }

  /** The id of a device's newest order. */
  public String command(Placed placed) {
    return GIVER + id + "/" + placed.attempt();
  }

  /** Whether an order was given by this placement. */
  public boolean gave(String command) {
    return command.startsWith(GIVER + id + "/");
  }

  Placement letGo(PlacementView.LetGo end) {
    return new Placement(id, request, by, at, Optional.of(end), devices);
  }

  /** The same, with other news of one device. */
  public Placement with(Placed placed) {
    List<Placed> next = new ArrayList<>(devices);
    next.replaceAll(d -> d.device().equals(placed.device()) ? placed : d);
    return new Placement(id, request, by, at, letGo, next);
  }
}

package dev.hatchery.server.orders;

import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Outcome;
import dev.hatchery.server.http.Route;
import java.time.Duration;
import java.util.List;

/** {@code GET /device/v1/desired?wait=S}. */
public final class DesiredRoutes {
  /** What a device may ask for; its own default is half an hour. */
  static final Duration MAX_WAIT = Duration.ofHours(1);

  /** What it gets: proxies and NATs on the way drop connections that are silent for longer. */
  static final Duration MAX_HELD = Duration.ofMinutes(5);

  private final Board board;
  private final Pace pace;

  public DesiredRoutes(Board board, Pace pace) {
    this.board = board;
    this.pace = pace;
  }

  public List<Route> routes() {
    return List.of(Route.get("/device/v1/desired", Access.DEVICE, this::desired));
  }

  private Outcome desired(Exchange exchange) {
    var device = ((Caller.Device) exchange.caller()).id();
    long wait = Math.min(exchange.query("wait", 0, 0, MAX_WAIT.toSeconds()), MAX_HELD.toSeconds());
    return board.poll(
        device, exchange.header("If-None-Match"), Duration.ofSeconds(wait), pace.of(device));
  }
}

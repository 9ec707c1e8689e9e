package dev.hatchery.server.chunks;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Outcome;
import dev.hatchery.server.http.Route;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

/** {@code GET /device/v1/chunks?blob=HEX}. */
public final class ChunkRoutes {
  /** An agent waits 30 seconds for an answer. */
  private static final Duration MAX_HELD = Duration.ofSeconds(20);

  private final ChunkLists lists;
  private final BiPredicate<DeviceId, Digest> may;

  /**
   * Routes.
   *
   * @param may whether a device may fetch a blob
   */
  public ChunkRoutes(ChunkLists lists, BiPredicate<DeviceId, Digest> may) {
    this.lists = lists;
    this.may = may;
  }

  public List<Route> routes() {
    return List.of(Route.get("/device/v1/chunks", Access.DEVICE, this::chunks));
  }

  private Outcome chunks(Exchange exchange) {
    Digest blob =
        exchange
            .query("blob")
            .map(Digest::new)
            .orElseThrow(
                () -> Refusal.of(Code.BAD_INPUT, "which blob is meant").expected("?blob=HEX"));
    // What is not the device's does not exist for it, whether it does or not.
    if (!may.test(((Caller.Device) exchange.caller()).id(), blob)) {
      throw Refusal.of(Code.NOT_FOUND, "there is no such blob").got(blob);
    }
    return new Outcome.Parked(
        lists
            .of(blob)
            .thenApply(ChunkRoutes::answer)
            .completeOnTimeout(
                Answer.problem(ChunkLists.busy()), MAX_HELD.toSeconds(), TimeUnit.SECONDS));
  }

  private static Answer answer(Bytes json) {
    return Answer.json(200, json.toArray());
  }
}

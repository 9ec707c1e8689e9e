package dev.hatchery.server.deltas;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.wire.DeltaOffer;
import dev.hatchery.wire.DeltaOffers;
import dev.hatchery.wire.DeltaQuery;
import dev.hatchery.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code GET /device/v1/deltas}: by which patches a file of the device's order could come. */
final class DeltaRoutes {
  private final Deltas deltas;
  private final Board board;
  private final ReleaseStore releases;

  /** A file that a device is ordered to have. */
  private record Wanted(Order order, Name repository, FileEntry file) {}

  DeltaRoutes(Deltas deltas, Board board, ReleaseStore releases) {
    this.deltas = deltas;
    this.board = board;
    this.releases = releases;
  }

  List<Route> routes() {
    return List.of(Route.get("/device/v1/deltas", Access.DEVICE, this::offers));
  }

  private Answer offers(Exchange exchange) {
    var device = ((Caller.Device) exchange.caller()).id();
    String target = exchange.query("target").orElseThrow(DeltaRoutes::missing);
    DeltaQuery query = DeltaQuery.parse(target, exchange.query("have").orElse(""));
    Wanted wanted =
        wanted(device, query.target())
            .orElseThrow(
                () -> Refusal.of(Code.NOT_FOUND, "no order of this device has such a file"));
    return Answer.json(Wire.DELTA_OFFERS, offers(wanted, query.have()));
  }

  private static Refusal missing() {
    return Refusal.of(Code.BAD_INPUT, "a query parameter is missing")
        .at("?target")
        .expected("the hex of a file's digest");
  }

  // What is not the device's does not exist for it, as in the registry.
  private Optional<Wanted> wanted(DeviceId device, Digest file) {
    return board.desired(device).stream()
        .flatMap(desired -> desired.slots().values().stream())
        .flatMap(order -> file(order, file))
        .findFirst();
  }

  private Stream<Wanted> file(Order order, Digest file) {
    return releases.find(order.manifest()).stream()
        .flatMap(release -> release.manifest().files().stream())
        .filter(entry -> entry.sha256().equals(file))
        .map(entry -> new Wanted(order, order.release().name(), entry))
        .limit(1);
  }

  private DeltaOffers offers(Wanted wanted, List<Digest> have) {
    List<DeltaOffer> offers = new ArrayList<>();
    boolean pending = false;
    for (Digest base : have.stream().distinct().toList()) {
      pending |= add(wanted, Optional.of(base), known(wanted, Optional.of(base)), offers);
    }
    // Compressed it is worth making only for those who get it by no better way.
    boolean better = pending || !offers.isEmpty();
    Optional<Delta> compressed =
        better ? find(wanted, Optional.empty()) : known(wanted, Optional.empty());
    boolean compressing = add(wanted, Optional.empty(), compressed, offers);
    return new DeltaOffers(
        wanted.file.sha256(), wanted.file.size(), offers, pending || (compressing && !better));
  }

  // True while it is being made.
  private static boolean add(
      Wanted wanted, Optional<Digest> base, Optional<Delta> known, List<DeltaOffer> offers) {
    if (known.isEmpty()) return false;
    return switch (known.get().state()) {
      case Delta.Pending() -> true;
      case Delta.Ready(Digest patch, long size, var _) -> {
        if (size < wanted.file.size()) offers.add(new DeltaOffer(base, patch, size));
        yield false;
      }
      case Delta.Refused _ -> false;
    };
  }

  private Optional<Delta> find(Wanted wanted, Optional<Digest> base) {
    return deltas.find(new Pair(wanted.repository, wanted.file.sha256(), base));
  }

  // A device knows best what it holds: a base that no report told of is made on demand, as long as
  // there is room. Only files of the same repository are taken for one.
  private Optional<Delta> known(Wanted wanted, Optional<Digest> base) {
    Pair pair = new Pair(wanted.repository, wanted.file.sha256(), base);
    Optional<Delta> known = deltas.find(pair);
    boolean askable =
        known.isEmpty()
            && Deltas.welcome(wanted.order)
            && wanted.file.size() > Lack.WORTH.bytes()
            && base.filter(b -> b.equals(pair.target())).isEmpty()
            && base.filter(b -> !deltas.stored(wanted.repository, b)).isEmpty();
    if (!askable) return known;
    var delta = new Delta(pair, wanted.file.size(), 1, Delta.PENDING);
    return deltas.wantOne(delta) ? Optional.of(delta) : Optional.empty();
  }
}

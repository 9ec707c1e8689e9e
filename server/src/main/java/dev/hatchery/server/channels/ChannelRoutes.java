package dev.hatchery.server.channels;

import dev.hatchery.core.ReleaseId;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.ChannelView;
import dev.hatchery.wire.api.Page;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code GET /api/v1/channels}: those that have a head, and those that a device follows. */
public final class ChannelRoutes {
  private final Db db;
  private final DeviceStore devices;
  private final ReleaseStore releases;

  public ChannelRoutes(Db db, DeviceStore devices, ReleaseStore releases) {
    this.db = db;
    this.devices = devices;
    this.releases = releases;
  }

  public List<Route> routes() {
    return List.of(Route.get("/api/v1/channels", Access.OPERATOR, _ -> list()));
  }

  private Answer list() {
    Map<ChannelId, Long> followers = new TreeMap<>();
    devices
        .all()
        .forEach(
            device ->
                device
                    .slots()
                    .forEach(
                        (slot, channel) ->
                            followers.merge(new ChannelId(slot, channel), 1L, Long::sum)));
    List<ChannelView> views =
        db.read(
            rows -> {
              ChannelStore.all(rows).forEach(id -> followers.putIfAbsent(id, 0L));
              return followers.entrySet().stream()
                  .map(entry -> view(rows, entry.getKey(), entry.getValue()))
                  .toList();
            });
    return Answer.json(Api.CHANNELS, Page.all(views));
  }

  private ChannelView view(Rows rows, ChannelId id, long followers) {
    Optional<Head> head = ChannelStore.head(rows, id);
    return new ChannelView(
        id.slot(),
        id.channel(),
        head.flatMap(this::release),
        ChannelStore.previous(rows, id).flatMap(this::release),
        head.map(Head::at),
        followers);
  }

  private Optional<ReleaseId> release(Head head) {
    return releases.find(head.release()).map(Release::id);
  }
}

package dev.hatchery.agent;

import dev.hatchery.agent.api.SiteCache;
import dev.hatchery.agent.config.AgentConfig;
import dev.hatchery.agent.config.AgentConfig.SlotConfig;
import dev.hatchery.agent.http.Connections;
import dev.hatchery.agent.http.Http;
import dev.hatchery.agent.http.WireMeter;
import dev.hatchery.agent.service.HttpService;
import dev.hatchery.agent.service.Service;
import dev.hatchery.core.Name;
import dev.hatchery.wire.EnrolmentFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The agent's clients: to the server, to the site's cache if there is one, to each service. */
record Links(
    Http server,
    WireMeter uplink,
    Optional<SiteCache.Link> siteCache,
    Map<Name, Service> services,
    List<Http> clients)
    implements AutoCloseable {
  static Links open(EnrolmentFile file, AgentConfig config) {
    WireMeter uplink = new WireMeter();
    Http server = Connections.toServer(file.server(), file.caCertificates(), uplink);
    List<Http> clients = new ArrayList<>(List.of(server));
    Optional<SiteCache.Link> cache =
        config
            .transfers()
            .siteCache()
            .map(
                c ->
                    new SiteCache.Link(
                        Connections.toCache(c.url(), file.caCertificates()), c.token()));
    cache.ifPresent(link -> clients.add(link.http()));
    Map<Name, Service> services = new TreeMap<>();
    for (Map.Entry<Name, SlotConfig> slot : config.slots().entrySet()) {
      Http client = Connections.toService(slot.getValue().service().url());
      clients.add(client);
      services.put(slot.getKey(), new HttpService(client, slot.getValue().service()));
    }
    return new Links(server, uplink, cache, services, clients);
  }

  Service service(Name slot) {
    Service found = services.get(slot);
    if (found == null) throw new IllegalArgumentException("no slot " + slot);
    return found;
  }

  @Override
  public void close() {
    clients.forEach(Http::close);
  }
}

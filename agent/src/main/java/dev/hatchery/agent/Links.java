package dev.hatchery.agent;

import dev.hatchery.agent.config.AgentConfig;
import dev.hatchery.agent.config.AgentConfig.SlotConfig;
import dev.hatchery.agent.http.Connections;
import dev.hatchery.agent.http.Http;
import dev.hatchery.agent.service.HttpService;
import dev.hatchery.agent.service.Service;
import dev.hatchery.core.Name;
import dev.hatchery.wire.EnrolmentFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The agent's clients: one to the server, one to each service. */
record Links(Http server, Map<Name, Service> services, List<Http> clients)
    implements AutoCloseable {
  static Links open(EnrolmentFile file, AgentConfig config) {
    Http server = Connections.toServer(file.server(), file.caCertificates());
    List<Http> clients = new ArrayList<>(List.of(server));
    Map<Name, Service> services = new TreeMap<>();
    for (Map.Entry<Name, SlotConfig> slot : config.slots().entrySet()) {
      Http client = Connections.toService(slot.getValue().service().url());
      clients.add(client);
      services.put(slot.getKey(), new HttpService(client, slot.getValue().service()));
    }
    return new Links(server, services, clients);
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

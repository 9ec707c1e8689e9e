package dev.hatchery.agent.config;

import dev.hatchery.agent.config.AgentConfig.Overrides;
import dev.hatchery.agent.config.AgentConfig.Reconnect;
import dev.hatchery.agent.config.AgentConfig.SiteCache;
import dev.hatchery.agent.config.AgentConfig.SlotConfig;
import dev.hatchery.agent.config.AgentConfig.Speed;
import dev.hatchery.agent.config.AgentConfig.Transfers;
import dev.hatchery.agent.http.Connections;
import dev.hatchery.agent.peer.Peering;
import dev.hatchery.agent.service.Contract;
import dev.hatchery.agent.telemetry.MetricNames;
import dev.hatchery.agent.telemetry.ServiceReadings;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Version;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.yaml.Yaml;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads agent.yaml. Relative paths are relative to the file. */
public final class AgentFile {
  private static final Duration DEFAULT_LONG_POLL = Duration.ofMinutes(30);
  private static final String DEFAULT_STATE = "/var/lib/hatchery";
  private static final String DEFAULT_ENROLMENT = "/etc/hatchery/enrolment.json";

  private final Path folder;
  private final String hostName;

  private AgentFile(Path folder, String hostName) {
    this.folder = folder;
    this.hostName = hostName;
  }

  /**
   * Reads it.
   *
   * @param hostName the device's name when the file gives none
   */
  public static AgentConfig read(Path file, String hostName) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw Refusal.of(Code.NOT_FOUND, "the agent's configuration cannot be read")
          .at(file.toString())
          .got(e)
          .fix("name the file with --config")
          .cause(e);
    }
    Path folder = file.toAbsolutePath().getParent();
    return new AgentFile(folder == null ? Path.of("/") : folder, hostName)
        .config(Yaml.parse(text, file.toString()));
  }

  private AgentConfig config(Node node) {
    return Fields.read(
        node,
        f ->
            new AgentConfig(
                folder.resolve(f.text("state", DEFAULT_STATE)),
                f.maybeParsed("device", DeviceId::new).orElseGet(this::device),
                f.or("labels", Wire.LABELS::read, Labels.NONE),
                f.or("facts", AgentFile::facts, Overrides.NONE),
                folder.resolve(f.text("enrolment", DEFAULT_ENROLMENT)),
                f.or("reconnect", AgentFile::reconnect, Reconnect.DEFAULT),
                f.maybeParsed("longPoll", Durations::parse).orElse(DEFAULT_LONG_POLL),
                f.maybeParsed("reserve", DataSize::parse),
                f.or("download", AgentFile::download, Speed.DEFAULT),
                new Transfers(
                    f.maybeParsed("zone", AgentFile::zone),
                    f.maybe("siteCache", AgentFile::siteCache),
                    f.or("peers", PeeringForm::read, Peering.OFF)),
                slots(f)));
  }

  private DeviceId device() {
    try {
      return new DeviceId(hostName);
    } catch (Refusal unusable) {
      throw Refusal.of(Code.BAD_SPEC, "the host name cannot be the device's name")
          .got(hostName)
          .fix("set device: in agent.yaml")
          .cause(unusable);
    }
  }

  private static Overrides facts(Node node) {
    return Fields.read(
        node,
        f ->
            new Overrides(
                f.maybe("board", Fields::text),
                f.list("accelerators", Fields::text),
                f.map("runtimes", key -> key, Fields.parsing(Version::parse)),
                f.maybeParsed("driver", Version::parse),
                f.maybeParsed("firmware", Version::parse)));
  }

  private static Reconnect reconnect(Node node) {
    return Fields.read(
        node,
        f ->
            new Reconnect(
                f.maybeParsed("min", Durations::parse).orElse(Reconnect.DEFAULT.min()),
                f.maybeParsed("max", Durations::parse).orElse(Reconnect.DEFAULT.max())));
  }

  private static Speed download(Node node) {
    return Fields.read(
        node,
        f ->
            new Speed(
                f.maybeParsed("least", DataSize::parse).orElse(Speed.DEFAULT.least()),
                f.maybeParsed("within", Durations::parse).orElse(Speed.DEFAULT.within())));
  }

  private static ZoneId zone(String text) {
    return new Labels(Map.of(Labels.ZONE, text)).zone();
  }

  private static SiteCache siteCache(Node node) {
    if (node instanceof Node.Text) return siteCache(Fields.parsing(AgentFile::web).apply(node));
    return Fields.read(
        node,
        f -> {
          SiteCache usual = siteCache(f.parsed("url", AgentFile::web));
          return new SiteCache(usual.url(), f.bool("token", usual.token()));
        });
  }

  // A token that passes the site's network in the clear is anybody's there.
  private static SiteCache siteCache(URI url) {
    return new SiteCache(url, "https".equals(url.getScheme()) || Connections.isLoopback(url));
  }

  private static URI web(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean plain = uri.getRawQuery() == null && uri.getRawUserInfo() == null;
      if (web && plain && uri.getHost() != null) return uri;
    } catch (URISyntaxException e) {
      // told below, like an address of another kind
    }
    throw Refusal.of(Code.BAD_SPEC, "this is not the address of a site cache")
        .expected("http://cache.site.example:3128 or https://…")
        .got(text);
  }

  // What a slot takes may follow from its name.
  private static Map<Name, SlotConfig> slots(Fields f) {
    Map<Name, SlotConfig> slots = new TreeMap<>();
    f.map("slots", Name::new, node -> node)
        .forEach((name, node) -> slots.put(name, slot(name, node)));
    return slots;
  }

  private static SlotConfig slot(Name name, Node node) {
    return Fields.read(
        node,
        f ->
            new SlotConfig(
                f.parsed("channel", Name::new),
                f.get("service", AgentFile::service),
                f.or("kind", Fields.constant(Pipeline.class), Pipeline.usual(name))));
  }

  private static Contract service(Node node) {
    return Fields.read(
        node,
        f ->
            new Contract(
                f.parsed("url", AgentFile::loopback),
                f.or("reload", AgentFile::reload, new Contract.Itself()),
                f.text("ready", "/healthz"),
                f.text("model", "/model"),
                f.text("infer", "/infer"),
                f.text("metrics", "/metrics"),
                f.or("metricNames", AgentFile::names, MetricNames.DEFAULT),
                f.bool("shadow", false)));
  }

  private static Contract.ReloadBy reload(Node node) {
    if (node instanceof Node.Text text && text.value().equals("none")) {
      return new Contract.Itself();
    }
    return Fields.read(
        node,
        f -> {
          var post = f.maybe("http", Fields::text);
          var command = f.maybe("command", n -> Fields.list(n, Fields::text));
          if (post.isPresent() == command.isPresent()) {
            throw Refusal.of(Code.BAD_SPEC, "a reload is either an HTTP call or a command")
                .expected("{http: /reload}, {command: [program, argument]} or none")
                .got(post.isPresent() ? "both" : "neither");
          }
          return post.isPresent()
              ? new Contract.Post(post.get())
              : new Contract.Command(command.orElseThrow());
        });
  }

  private static MetricNames names(Node node) {
    MetricNames usual = MetricNames.DEFAULT;
    return Fields.read(
        node,
        f ->
            new MetricNames(
                f.text("requests", usual.requests()),
                f.text("errors", usual.errors()),
                f.text("inputs", usual.inputs()),
                f.text("latency", usual.latency()),
                f.text("info", usual.info()),
                f.text("started", usual.started()),
                new ServiceReadings(f.map("readings", Metric::new, AgentFile::source))));
  }

  private static ServiceReadings.Source source(Node node) {
    if (node instanceof Node.Text name) {
      return new ServiceReadings.Source(name.value(), Optional.empty());
    }
    return Fields.read(
        node, f -> new ServiceReadings.Source(f.text("of"), Optional.of(f.text("per"))));
  }

  private static URI loopback(String text) {
    try {
      URI uri = new URI(text);
      if ("http".equals(uri.getScheme()) && Connections.isLoopback(uri)) return uri;
    } catch (URISyntaxException e) {
      // told below, like an address of another kind
    }
    throw Refusal.of(Code.BAD_SPEC, "a service must be on this device")
        .expected("http://127.0.0.1:port")
        .got(text);
  }
}

package dev.hatchery.server;

import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Secret;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.delta.make.DeltaMaker;
import dev.hatchery.registry.FolderStore;
import dev.hatchery.registry.OciApi;
import dev.hatchery.registry.RegistryLimits;
import dev.hatchery.registry.RegistryReader;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.audit.AuditRoutes;
import dev.hatchery.server.auth.AccessTokens;
import dev.hatchery.server.auth.Buckets;
import dev.hatchery.server.auth.Doorkeeper;
import dev.hatchery.server.auth.OperatorRoutes;
import dev.hatchery.server.auth.OperatorTokens;
import dev.hatchery.server.auth.Tokens;
import dev.hatchery.server.bytes.Accounts;
import dev.hatchery.server.bytes.BytesRoutes;
import dev.hatchery.server.bytes.MonthlyCaps;
import dev.hatchery.server.changes.ChangeStore;
import dev.hatchery.server.channels.ChannelOrders;
import dev.hatchery.server.channels.ChannelRoutes;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.chunks.ChunkLists;
import dev.hatchery.server.chunks.ChunkRoutes;
import dev.hatchery.server.console.ConsoleRoutes;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.deltas.Maker;
import dev.hatchery.server.devices.Assertions;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.devices.Enrolment;
import dev.hatchery.server.devices.EnrolmentTokenRoutes;
import dev.hatchery.server.devices.EnrolmentTokens;
import dev.hatchery.server.devices.Invitation;
import dev.hatchery.server.devices.JoinRoutes;
import dev.hatchery.server.explain.ExplainRoutes;
import dev.hatchery.server.explain.Remarks;
import dev.hatchery.server.fleet.FleetRoutes;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.HttpServer;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.http.Tls;
import dev.hatchery.server.labels.LabelRoutes;
import dev.hatchery.server.leases.LeaseRoutes;
import dev.hatchery.server.leases.Leases;
import dev.hatchery.server.limits.LimitRoutes;
import dev.hatchery.server.limits.LimitStore;
import dev.hatchery.server.limits.Uplinks;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.metrics.Meters;
import dev.hatchery.server.orders.Assigned;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.orders.DesiredRoutes;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.placements.PlacementStore;
import dev.hatchery.server.queries.Sources;
import dev.hatchery.server.registry.RegistryRoutes;
import dev.hatchery.server.releases.ReleaseRoutes;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.restraints.RestraintRoutes;
import dev.hatchery.server.restraints.RestraintStore;
import dev.hatchery.server.rollouts.Foreseen;
import dev.hatchery.server.rollouts.FullCost;
import dev.hatchery.server.rollouts.RolloutRoom;
import dev.hatchery.server.rollouts.Rollouts;
import dev.hatchery.server.telemetry.Listening;
import dev.hatchery.server.telemetry.ReportRoutes;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.server.trust.Director;
import dev.hatchery.server.trust.TrustRoutes;
import dev.hatchery.server.trust.TrustStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The whole server. */
public final class Server implements AutoCloseable {
  private static final Log LOG = Log.of(Server.class);
  // A device that polls, reports and fetches in the ordinary way stays far below.
  private static final int DEVICE_BURST = 50;
  private static final Duration DEVICE_INTERVAL = Duration.ofMillis(200);
  private static final int FAILURE_BURST = 20;
  private static final Duration FAILURE_INTERVAL = Duration.ofSeconds(12);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<Route> routes = new ArrayList<>();
  private volatile Optional<Invitation> invitation = Optional.empty(); // known once it listens
  private Optional<Secret> newToken = Optional.empty();
  private @Nullable Housekeeping housekeeping;
  private Optional<Rooms> still = Optional.empty();

  /** What listening, and a simulator, need of all that was put together. */
  private record Rooms(
      OperatorTokens operators,
      AccessTokens access,
      DeviceStore devices,
      Board board,
      Deltas deltas,
      RolloutRoom rollouts,
      Housekeeping housekeeping) {
    Doorkeeper doorkeeper(Buckets pace) {
      return new Doorkeeper(operators, access, id -> devices.find(id).isPresent(), pace);
    }
  }

  private Server() {}

  /**
   * Starts a server.
   *
   * @param random must be cryptographically strong
   */
  public static Server start(Options options, InstantSource clock, RandomGenerator random) {
    return start(options, clock, random, Server::make);
  }

  private static void make(Optional<Path> base, Path target, Path patch) throws IOException {
    DeltaMaker.make(base.orElse(null), target, patch);
  }

  /** One with another maker of patches, for tests of what can go wrong with it. */
  static Server start(Options options, InstantSource clock, RandomGenerator random, Maker maker) {
    var server = new Server();
    try {
      server.assemble(options, clock, random, maker);
      return server;
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  /**
   * A server on other ground, without a socket and with no thread at work: whoever started it calls
   * its {@link #routes}, and gives it its rounds.
   */
  static Server still(Options options, Ground ground, InstantSource clock, RandomGenerator random) {
    var server = new Server();
    server.invitation = Optional.of(new Invitation(URI.create("http://localhost"), List.of()));
    server.still = Optional.of(server.rooms(options, ground, new Meters(), clock, random));
    return server;
  }

  /** One look of the control loop at every rollout. */
  void decide() {
    still.orElseThrow().rollouts.loop().round();
  }

  /** Where it listens. */
  public URI address() {
    return invitation.orElseThrow().server();
  }

  /** The operator token, if this start made one. It is nowhere else, except in the token file. */
  public Optional<Secret> newToken() {
    return newToken;
  }

  /** All routes, for the test that compares them with the documents. */
  public List<Route> routes() {
    return List.copyOf(routes);
  }

  /** Does now what is done once a minute, for tests that move the clock. */
  void housekeep() {
    if (housekeeping != null) housekeeping.round();
  }

  private void assemble(Options options, InstantSource clock, RandomGenerator random, Maker maker) {
    DataFolder folder = keep(DataFolder.open(options.data()));
    Optional<Tls> tls =
        options.secure()
            ? Optional.of(Certificates.open(options, folder.tls(), random))
            : Optional.empty();
    var meters = new Meters();
    var ground =
        new Ground(
            keep(Db.open(folder.database(), meters::commit)),
            keep(FolderStore.open(folder.registry(), RegistryLimits.usual())),
            folder.director(),
            Signatures.REAL,
            Bytes.of(folder.accessTokenSecret(random)),
            folder.scratch(),
            maker);
    Rooms rooms = rooms(options, ground, meters, clock, random);
    makeToken(options, rooms.operators, random);
    rooms.rollouts.rollouts().keepApprovalsOf(rooms.operators.actors());
    HttpServer http =
        keep(HttpServer.start(options.listen(), tls, routes, rooms.doorkeeper(devicePace(clock))));
    keep(rooms.board); // closed before the web server, so that nobody waits in a seat when it stops
    invitation = Optional.of(invite(options, tls, http.port()));
    rooms.deltas.start(rooms.rollouts.loop()::wake);
    rooms.rollouts.loop().start();
    keep(rooms.rollouts.loop());
    keep(rooms.rollouts.inquirer()).start();
    keep(rooms.housekeeping).start();
    LOG.info("server.listening", "address", address(), "tls", tls.isPresent());
  }

  private static Buckets devicePace(InstantSource clock) {
    return new Buckets(DEVICE_BURST, DEVICE_INTERVAL, clock);
  }

  /** All that answers and decides, without a socket and with no thread at work. */
  private Rooms rooms(
      Options options, Ground ground, Meters meters, InstantSource clock, RandomGenerator random) {
    Db db = ground.db();
    FolderStore content = ground.content();
    OciApi oci = keep(new OciApi(content, RegistryLimits.usual(), "hatchery", clock, random));

    var audit = new AuditLog(clock);
    var mutations = new Mutations(db, clock);
    var operators = new OperatorTokens(db, audit, clock);
    var director = new Director(ground.director(), ground.signatures());
    var trust = new TrustStore(db, audit, clock, director.publicKey());
    var releases = new ReleaseStore(db);
    var devices = new DeviceStore(db);
    var board = new Board(db);
    var statuses = new StatusStore(db);
    var listening = new Listening(db, clock);
    var limits = new LimitStore(db, audit, clock);
    var uplinks = new Uplinks(devices, limits);
    var accounts = new Accounts(db, uplinks);
    Deltas deltas =
        keep(
            new Deltas(
                new Deltas.Parts(
                    db,
                    content,
                    releases,
                    statuses,
                    board,
                    ground.scratch(),
                    ground.maker(),
                    clock)));
    var orders = new Orders(director, board, deltas, clock);
    var channels = new ChannelOrders(orders, releases, clock);
    var access = new AccessTokens(ground.accessSecret().toArray(), clock);
    var assertions = new Assertions(devices, db, clock);
    var enrolmentTokens = new EnrolmentTokens(clock, random);
    var enrolment = new Enrolment(devices, enrolmentTokens, channels, audit, db, clock);
    var restraints = new RestraintStore(db, audit, clock);
    var changes = new ChangeStore(db, clock);
    var room =
        new RolloutRoom(
            new RolloutRoom.Parts(
                db,
                devices,
                releases,
                trust,
                orders,
                board,
                channels,
                restraints,
                new PlacementStore(db),
                changes,
                statuses,
                listening,
                limits,
                new MonthlyCaps(
                    accounts,
                    limits,
                    uplinks,
                    new Foreseen(new FullCost(statuses, releases), deltas)),
                audit,
                deltas,
                mutations,
                options.querySources().map(Sources::read).orElse(Sources.NONE),
                clock,
                options.deltaWait(),
                options.interlock(),
                options.idleReport()));

    Leases leases =
        keep(
            new Leases(
                new Leases.Parts(
                    db,
                    devices,
                    board,
                    releases,
                    limits,
                    uplinks,
                    accounts,
                    room.rollouts()::priority,
                    clock),
                Long.toString(random.nextLong(Long.MAX_VALUE), 36) + "-"));

    // What devices use.
    add(
        new JoinRoutes(
                enrolment,
                assertions,
                access,
                new Buckets(FAILURE_BURST, FAILURE_INTERVAL, clock),
                ground.signatures())
            .routes());
    add(new DesiredRoutes(board, room.rollouts()).routes());
    add(deltas.routes());
    add(
        new ReportRoutes(
                new ReportRoutes.Parts(
                    db,
                    devices,
                    statuses,
                    releases,
                    audit,
                    accounts,
                    changes,
                    trust,
                    director,
                    board,
                    room.rollouts(),
                    taken -> {
                      meters.reports(taken);
                      room.loop().wake();
                    },
                    ground.signatures(),
                    clock))
            .routes());
    add(new LeaseRoutes(leases).routes());
    // What operators use.
    add(new TrustRoutes(trust, orders, mutations).routes());
    add(
        new EnrolmentTokenRoutes(
                enrolmentTokens, trust, () -> invitation.orElseThrow(), audit, mutations)
            .routes());
    add(new FleetRoutes(devices, statuses, board, releases).routes());
    List<Remarks> remarks =
        List.of(
            (device, _, _) -> room.duty(device),
            (device, slot, _) -> leases.lines(device.id(), slot),
            (device, slot, order) -> room.explain().about(device, slot, order));
    add(new ExplainRoutes(devices, statuses, board, releases, deltas, remarks).routes());
    add(
        new ReleaseRoutes(releases, new RegistryReader(content), trust, audit, mutations, clock)
            .routes());
    add(new ChannelRoutes(db, devices, releases).routes());
    add(room.routes());
    add(new OperatorRoutes(operators, db, mutations, room.rollouts()::withdraw, random).routes());
    add(new RestraintRoutes(restraints, room::unpin, mutations).routes());
    add(new LabelRoutes(devices, audit, mutations, clock).routes());
    add(new LimitRoutes(limits, mutations).routes());
    add(new BytesRoutes(accounts, db).routes());
    add(new AuditRoutes(audit, db).routes());
    // What both use, and what anyone may see.
    var assigned = new Assigned(board, releases, deltas);
    add(new RegistryRoutes(oci, assigned, RegistryLimits.usual()).routes());
    add(new ChunkRoutes(keep(new ChunkLists(content)), assigned::may).routes());
    add(meters.routes());
    add(ConsoleRoutes.routes());
    add(List.of(Route.get("/healthz", Access.OPEN, _ -> healthy(db))));
    routes.replaceAll(route -> afterTrust(route, trust));

    meters.gauge("hatchery_devices", "Devices of the fleet", () -> devices.all().size());
    meters.gauge("hatchery_parked_polls", "Devices that wait for news", board::parked);
    meters.gauge(
        "hatchery_rollouts", "Rollouts that are not over", "phase", room.rollouts()::phases);
    meters.gauge("hatchery_leases", "Leases by their state", "state", leases::states);
    meters.gauge(
        "hatchery_transfer_bytes",
        "Bytes that devices have reported: of bodies by source, and all on their connections",
        "source",
        accounts::totals);
    meters.gauge(
        "hatchery_device_slots",
        "Slots of the fleet by their state",
        "state",
        () -> states(devices, statuses));

    meters.gauge("hatchery_deltas", "Patches by their state", "state", deltas::states);

    var keeper =
        new Housekeeping(
            db,
            orders,
            room.rollouts(),
            mutations,
            assertions,
            leases,
            deltas,
            changes,
            listening,
            rows -> needed(rows, room.rollouts(), board),
            clock);
    housekeeping = keeper;
    return new Rooms(operators, access, devices, board, deltas, room, keeper);
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.push(part);
    return part;
  }

  private void add(List<Route> more) {
    routes.addAll(more);
  }

  // A device is told nothing before it is settled whom it is to believe.
  private static Route afterTrust(Route route, TrustStore trust) {
    if (!route.path().startsWith("/device/")) return route;
    return route.around(
        handler ->
            exchange -> {
              trust.require();
              return handler.handle(exchange);
            });
  }

  // What no channel, rollout or device names will be fetched by nobody.
  private static Set<Digest> needed(Rows rows, Rollouts rollouts, Board board) {
    Set<Digest> needed = new HashSet<>(ChannelStore.named(rows));
    needed.addAll(rollouts.releases());
    board.all().stream()
        .flatMap(desired -> desired.slots().values().stream())
        .forEach(order -> needed.add(order.manifest()));
    return needed;
  }

  private void makeToken(Options options, OperatorTokens operators, RandomGenerator random) {
    if (!operators.none() && !options.resetToken()) return;
    Secret token = Tokens.make(OperatorTokens.PREFIX, random);
    // First the file, then the hash: a token that is known only as its hash opens nothing.
    options.tokenFile().ifPresent(file -> write(file, token));
    operators.replaceAll(OperatorTokens.ADMIN, token);
    newToken = Optional.of(token);
  }

  private static void write(Path file, Secret token) {
    try {
      DataFolder.writeSecret(file, (token.reveal() + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw DataFolder.storage(file, e);
    }
  }

  private static Invitation invite(Options options, Optional<Tls> tls, int port) {
    InetSocketAddress listen = options.listen();
    String host =
        listen.getAddress().isAnyLocalAddress()
            ? "localhost"
            : listen.getAddress().getHostAddress();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    URI here = URI.create((tls.isPresent() ? "https://" : "http://") + shown + ":" + port);
    return new Invitation(
        options.publicUrl().orElse(here), tls.map(Certificates::pem).orElse(List.of()));
  }

  private static Answer healthy(Db db) {
    db.read(rows -> rows.number("SELECT 1 AS n"));
    return Answer.json(200, "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, Long> states(DeviceStore devices, StatusStore statuses) {
    Map<String, Long> states = new HashMap<>();
    for (SlotStatus.State state : SlotStatus.State.values()) states.put(word(state), 0L);
    states.put("unknown", 0L);
    for (var device : devices.all()) {
      var status = statuses.find(device.id());
      for (var slot : device.slots().keySet()) {
        SlotStatus said = status.map(s -> s.slots().get(slot)).orElse(null);
        states.merge(said == null ? "unknown" : word(said.state()), 1L, Long::sum);
      }
    }
    return states;
  }

  private static String word(SlotStatus.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /** Stops taking requests, sends waiting devices home, finishes what is being written. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.error("server.close", e, "part", part.getClass().getSimpleName());
      }
    }
  }
}

package dev.hatchery.server.labels;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.LabelsImported;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.SiteRequest;
import dev.hatchery.wire.api.SiteView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** {@code /api/v1/labels} as a sheet, out and in; {@code /api/v1/sites}. */
public final class LabelRoutes {
  private static final String PATH = "/api/v1/labels";
  private static final String SITES = "/api/v1/sites";
  private static final DataSize SITE_MAX = DataSize.kib(4);

  private final DeviceStore devices;
  private final AuditLog audit;
  private final Mutations mutations;
  private final InstantSource clock;

  public LabelRoutes(
      DeviceStore devices, AuditLog audit, Mutations mutations, InstantSource clock) {
    this.devices = devices;
    this.audit = audit;
    this.mutations = mutations;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.OPERATOR, _ -> sheet()),
        mutations.route(Method.POST, PATH, LabelSheet.MAX, this::take),
        Route.get(SITES, Access.OPERATOR, _ -> sites()),
        mutations.route(Method.POST, SITES, SITE_MAX, this::place));
  }

  private Answer sheet() {
    String text = LabelSheet.of(devices.all()).text();
    return Answer.text("text/csv; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  // Read before the transaction: the one writer is not to wait for a large sheet's commas.
  private Change take(Exchange exchange) {
    byte[] body = exchange.body();
    LabelSheet sheet = LabelSheet.parse(body);
    boolean dryRun = exchange.query("dryRun").equals(Optional.of("true"));
    String actor = exchange.caller().name();
    return tx -> {
      var changes = new LabelImport(devices, devices.given(tx));
      LabelsImported done = changes.read(sheet, dryRun);
      if (!dryRun && done.devices() > 0) {
        devices.relabel(tx, changes.given(), now());
        audit.append(tx, actor, "labels.import", Digest.of(body), told(done));
      }
      return Answer.json(Api.LABELS_IMPORTED, done);
    };
  }

  private static String told(LabelsImported done) {
    return done.devices() + " devices, " + done.set() + " set, " + done.removed() + " taken away";
  }

  private Answer sites() {
    List<SiteView> all =
        devices.sites().entrySet().stream()
            .map(entry -> new SiteView(entry.getKey(), Optional.of(entry.getValue())))
            .toList();
    return Answer.json(Api.SITES, Page.all(all));
  }

  private Change place(Exchange exchange) {
    SiteRequest wanted = Api.SITE_REQUEST.parse(exchange.body(), SITE_MAX, "request body");
    String actor = exchange.caller().name();
    return tx -> {
      devices.place(tx, wanted.site(), wanted.zone(), now());
      String zone = wanted.zone().map(ZoneId::getId).orElse("none");
      audit.append(tx, actor, "site.set", wanted.site(), "zone " + zone);
      return Answer.json(Api.SITE, new SiteView(wanted.site(), wanted.zone()));
    };
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}

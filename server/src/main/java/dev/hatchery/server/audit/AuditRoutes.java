package dev.hatchery.server.audit;

import dev.hatchery.server.db.Db;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.Page;
import java.util.List;
import java.util.OptionalLong;

/** {@code GET /api/v1/audit?after=N&limit=M}. */
public final class AuditRoutes {
  private static final int PAGE = 200;
  private static final int PAGE_MAX = 1000;

  private final AuditLog audit;
  private final Db db;

  public AuditRoutes(AuditLog audit, Db db) {
    this.audit = audit;
    this.db = db;
  }

  public List<Route> routes() {
    return List.of(Route.get("/api/v1/audit", Access.OPERATOR, this::list));
  }

  private Answer list(Exchange exchange) {
    long after = exchange.query("after", 0, 0, Long.MAX_VALUE);
    int limit = (int) exchange.query("limit", PAGE, 1, PAGE_MAX);
    List<AuditView> records = db.read(rows -> audit.after(rows, after, limit));
    OptionalLong next =
        records.size() < limit ? OptionalLong.empty() : OptionalLong.of(records.getLast().seq());
    return Answer.json(Api.AUDITS, new Page<>(records, next));
  }
}

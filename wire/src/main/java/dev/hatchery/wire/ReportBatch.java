package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Refusal;
import java.util.List;

/**
 * {@code POST /device/v1/reports}: signed reports in the order of their numbers, and a nonce for
 * the heartbeat.
 */
public record ReportBatch(String nonce, List<Envelope> reports) {
  public static final int MAX_REPORTS = 64;

  public ReportBatch {
    reports = List.copyOf(reports);
    if (reports.size() > MAX_REPORTS || nonce.length() > 64 || nonce.isEmpty()) {
      throw Refusal.of(Code.TOO_LARGE, "a batch holds too much")
          .expected("at most " + MAX_REPORTS + " reports and a nonce of 1 to 64 characters")
          .got(reports.size() + " reports");
    }
  }
}

package dev.hatchery.server.bytes;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.limits.BillingMonth;
import dev.hatchery.server.limits.LimitStore;
import dev.hatchery.server.limits.Uplink;
import dev.hatchery.server.limits.Uplinks;
import dev.hatchery.server.releases.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether there is room for a release below the caps of those who would fetch it. */
public final class MonthlyCaps {
  private final Accounts accounts;
  private final LimitStore limits;
  private final Uplinks uplinks;
  private final ExpectedCost cost;

  private record Need(int devices, long bytes) {
    Need plus(Need other) {
      return new Need(devices + other.devices, bytes + other.bytes);
    }
  }

  public MonthlyCaps(Accounts accounts, LimitStore limits, Uplinks uplinks, ExpectedCost cost) {
    this.accounts = accounts;
    this.limits = limits;
    this.uplinks = uplinks;
    this.cost = cost;
  }

  /** Refuses a release that would not fit, and says where. */
  public void require(
      Rows rows,
      Release release,
      Name slot,
      Delivery delivery,
      Collection<Device> fleet,
      Instant now) {
    Map<String, Need> needs = new TreeMap<>();
    for (Device device : fleet) {
      Uplink uplink = Uplink.of(device);
      if (uplink.limits(limits.current()).monthlyCap().isEmpty()) continue;
      needs.merge(uplink.name(), new Need(1, cost.of(device, release, slot, delivery)), Need::plus);
    }
    List<Refusal> broken = new ArrayList<>();
    needs.forEach(
        (uplink, need) -> broken(rows, new Uplink(uplink), need, now).ifPresent(broken::add));
    if (broken.isEmpty()) return;
    Refusal first = broken.getFirst();
    int more = broken.size() - 1;
    throw more == 0 ? first : first.at(first.problem().where() + " and " + more + " more");
  }

  private Optional<Refusal> broken(Rows rows, Uplink uplink, Need need, Instant now) {
    DataSize cap = uplink.limits(limits.current()).monthlyCap().orElseThrow();
    BillingMonth month = uplinks.month(uplink, now);
    long used = accounts.used(rows, uplink, month);
    if (need.bytes == 0 || need.bytes <= cap.bytes() - used) return Optional.empty();
    return Optional.of(
        Refusal.of(Code.BUDGET, "this rollout would break a monthly cap")
            .at(uplink.toString())
            .expected("at most %s in the billing month %s".formatted(cap.human(), month.name()))
            .got(
                "%s used, and %s needed by %d devices"
                    .formatted(
                        new DataSize(used).human(), new DataSize(need.bytes).human(), need.devices))
            .fix(
                "leave it out with a selector, start on or after %s, or raise monthlyCap with"
                        .formatted(month.end())
                    + " hatchery limits apply"));
  }
}

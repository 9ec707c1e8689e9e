package dev.hatchery.core;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What transfers may cost: limits.yaml as a value. Rates are bytes per second. What is absent is
 * not limited. A device's site is what its label {@link Labels#SITE} says.
 *
 * @param sites by the label's value
 * @param otherSites for each site that is not named; a device without a site is a site of its own
 * @param deviceRate for each device
 */
public record Limits(
    Server server, Map<String, Site> sites, Site otherSites, Optional<DataSize> deviceRate) {
  public static final DataSize MAX_SIZE = DataSize.kib(256);
  public static final int MAX_SITES = 2048;
  public static final int MAX_DOWNLOADS = 1_000_000;
  public static final Limits NONE = new Limits(Server.NONE, Map.of(), Site.NONE, Optional.empty());

  /** Slower is no limit but a stop: a file would outlive every lease. */
  private static final DataSize MIN_RATE = DataSize.kib(1);

  /** Of the whole server, whoever serves the bytes in its place included. */
  public record Server(OptionalInt concurrentDownloads, Optional<DataSize> rate) {
    public static final Server NONE = new Server(OptionalInt.empty(), Optional.empty());

    public Server {
      requireDownloads(concurrentDownloads);
      requireRate(rate, "server.rate");
    }
  }

  /**
   * Of one site's uplink.
   *
   * @param rate of all its devices together
   * @param dailyBudget bytes a day, in the site's own zone
   * @param monthlyCap bytes a billing month
   * @param firstDayOfBillingMonth 1 to 28
   */
  public record Site(
      OptionalInt concurrentDownloads,
      Optional<DataSize> rate,
      Optional<DataSize> dailyBudget,
      Optional<DataSize> monthlyCap,
      int firstDayOfBillingMonth) {
    public static final Site NONE =
        new Site(OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 1);

    public Site {
      requireDownloads(concurrentDownloads);
      requireRate(rate, "site.rate");
      if (firstDayOfBillingMonth < 1 || firstDayOfBillingMonth > 28) {
        throw Refusal.of(Code.BAD_SPEC, "a billing month begins on a day that every month has")
            .expected("1 to 28")
            .got(firstDayOfBillingMonth);
      }
    }
  }

  public Limits {
    if (sites.size() > MAX_SITES) {
      throw Refusal.of(Code.TOO_LARGE, "limits name too many sites")
          .expected("at most " + MAX_SITES)
          .got(sites.size());
    }
    for (String site : sites.keySet()) {
      if (site.isEmpty() || !Labels.VALUE.matcher(site).matches()) {
        throw Refusal.of(Code.BAD_SPEC, "this cannot be a site")
            .expected("a value of the label site")
            .got(site);
      }
    }
    sites = Collections.unmodifiableMap(new TreeMap<>(sites));
    requireRate(deviceRate, "deviceRate");
  }

  /** The limits of a site by its name. */
  public Site site(String name) {
    return sites.getOrDefault(name, otherSites);
  }

  static void requireRate(Optional<DataSize> rate, String name) {
    if (rate.isPresent() && rate.get().compareTo(MIN_RATE) < 0) {
      throw Refusal.of(Code.BAD_SPEC, "a rate is too low to ever end a download")
          .at(name)
          .expected("at least " + MIN_RATE + " (a second)")
          .got(rate.get());
    }
  }

  private static void requireDownloads(OptionalInt downloads) {
    if (downloads.isPresent()
        && (downloads.getAsInt() < 1 || downloads.getAsInt() > MAX_DOWNLOADS)) {
      throw Refusal.of(Code.BAD_SPEC, "a number of concurrent downloads is out of range")
          .at("concurrentDownloads")
          .expected("1 to " + MAX_DOWNLOADS)
          .got(downloads.getAsInt());
    }
  }
}

package dev.hatchery.server.limits;

import dev.hatchery.core.Labels;
import dev.hatchery.core.Limits;
import dev.hatchery.server.devices.Device;

/**
 * The link that a site's devices share. A device without a site has one of its own.
 *
 * @param name the site's, or {@code ~} and the device's id: no label's value begins so
 */
public record Uplink(String name) {
  private static final String ALONE = "~";

  public static Uplink of(Device device) {
    return new Uplink(
        device
            .labels()
            .get(Labels.SITE)
            .filter(site -> !site.isEmpty())
            .orElse(ALONE + device.id()));
  }

  /** Whether it is a site's. */
  public boolean shared() {
    return !name.startsWith(ALONE);
  }

  /** The id of the device that has it to itself; empty for a site's. */
  public String alone() {
    return shared() ? "" : name.substring(ALONE.length());
  }

  /** What holds for it. */
  public Limits.Site limits(Limits limits) {
    return limits.site(name);
  }

  /** For people: {@code site oslo}, {@code device cam-3}. */
  @Override
  public String toString() {
    return shared() ? "site " + name : "device " + alone();
  }
}

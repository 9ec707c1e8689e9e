package dev.hatchery.server.devices;

import dev.hatchery.core.Labels;
import java.time.Instant;
import java.util.Map;

/**
 * Who says what of a device: operators outrank it, and a site's zone fills in where neither names
 * one. All are kept, so that taking an operator's word back leaves what the device says.
 *
 * @param own what the device said when it enrolled
 * @param given what operators say
 * @param inForce what holds
 * @param saidAt since when device and operators say so
 * @param changedAt since when that is so; a running rollout is not joined with other labels than a
 *     device had when the rollout was planned
 */
public record Labelling(
    Labels own, Labels given, Labels inForce, Instant saidAt, Instant changedAt) {
  static Labelling own(Labels labels, Instant at) {
    return new Labelling(labels, Labels.NONE, labels, at, at);
  }

  /** The same device with other words of operators, at a time. */
  Labelling given(Labels words, Map<String, SiteZone> zones, Instant at) {
    return of(own, words, zones, at);
  }

  /** The same, as its site's zone is now. */
  Labelling placed(Map<String, SiteZone> zones) {
    return of(own, given, zones, saidAt);
  }

  static Labelling of(Labels own, Labels given, Map<String, SiteZone> zones, Instant saidAt) {
    Labels said = given.over(own);
    SiteZone site = said.get(Labels.SITE).map(zones::get).orElse(SiteZone.UNSAID);
    boolean full = said.values().size() >= Labels.MAX;
    if (full || said.get(Labels.ZONE).isPresent()) {
      return new Labelling(own, given, said, saidAt, saidAt);
    }
    Instant changedAt = site.at().isAfter(saidAt) ? site.at() : saidAt;
    return new Labelling(own, given, said.over(site.labels()), saidAt, changedAt);
  }
}

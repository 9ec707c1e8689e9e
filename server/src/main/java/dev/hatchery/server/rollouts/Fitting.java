package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Fit;
import dev.hatchery.core.FitRule;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.releases.Release;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of the devices that a rollout asks for it takes.
 *
 * @param taken those that can run the release, or may try
 */
record Fitting(List<Device> taken, FleetFit fit) {
  static Fitting of(Release release, List<Device> fleet, FitRule rule) {
    List<Device> taken = new ArrayList<>();
    Map<DeviceId, Fit> fits = new LinkedHashMap<>();
    for (Device device : fleet) {
      Fit fit = release.manifest().compatibility().fit(device.facts());
      fits.put(device.id(), fit);
      if (fit.passes(rule.unknownFacts())) taken.add(device);
    }
    return new Fitting(taken, FleetFit.of(fits));
  }

  /** Refuses what the rule refuses, and a rollout that nobody is left for. */
  Fitting require(Release release, FitRule rule) {
    if (fit.unfit() > 0 && rule.incompatible() == FitRule.Incompatible.REFUSE) {
      throw refused(release, fit.cannot())
          .expected("a release that every device of the rollout can run")
          .got(fit.unfit() + " of " + fit.devices() + " devices cannot")
          .fix("leave them out with incompatible: skip, or with a selector");
    }
    if (taken.isEmpty() && fit.devices() > 0) {
      throw refused(release, fit.unfit() == 0 ? fit.unsaid() : fit.cannot())
          .expected("a device that can run it and says so")
          .got("none of " + fit.devices())
          .fix(
              "see hatchery devices for what they say; unknownFacts: warn lets those try that do"
                  + " not say it");
    }
    return this;
  }

  private static Refusal refused(Release release, String title) {
    return Refusal.of(Code.INCOMPATIBLE, title).at(release.id().toString());
  }
}

package dev.hatchery.rollout;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a limit's trials have shown by now, and what it takes to show more, in the units that an
 * operator has.
 *
 * @param trials of the devices that have some
 * @param members with those that have none
 * @param watched how long those with trials were watched, added up
 */
record Shown(Power power, List<Power.Trials> trials, int members, Duration watched) {
  int judged() {
    return trials.size();
  }

  Tally sum() {
    Tally sum = Tally.NONE;
    for (Power.Trials t : trials) sum = sum.plus(t.all().n(), t.all().k());
    return sum;
  }

  /** How many further good trials bring the e-value below this; empty when that is not known. */
  String until(double e) {
    OptionalLong more = power.until(e, trials, members - judged());
    if (more.isEmpty()) return "";
    OptionalLong seconds = Power.seconds(more.getAsLong(), sum().n(), watched);
    String rate =
        seconds.isEmpty() ? "" : ", " + Words.about(seconds.getAsLong()) + " at the present rate";
    return " (" + more.getAsLong() + " good ones a device" + rate + ")";
  }

  /** From which share of bad trials on the limit would be broken by now. */
  String telling() {
    if (trials.isEmpty()) return "";
    long each = sum().n() / judged();
    double p0 = trials.stream().mapToDouble(Power.Trials::p0).max().orElseThrow();
    OptionalDouble from = power.shownFrom(p0, each);
    String trials = each == 1 ? "1 trial a device shows" : each + " trials a device show";
    return "; "
        + trials
        + (from.isEmpty()
            ? " nothing yet"
            : " " + Words.percent(from.getAsDouble()) + " bad and more");
  }
}

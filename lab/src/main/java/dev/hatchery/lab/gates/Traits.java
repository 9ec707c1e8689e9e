package dev.hatchery.lab.gates;

/** How the devices of a fleet differ, and how they change with time. */
enum Traits {
  USUAL(0.4, 0.1, 0.1, 0, 0.01, 0, 0),
  SLEEPING(0.4, 0.1, 0.1, 0, 0.01, 0, 0.3),
  DIURNAL(0.4, 0.1, 0.1, 0, 0.01, 0.5, 0),
  DIFFERING(0.8, 0.2, 0.1, 0, 0.05, 0, 0),
  CORRELATED(0.4, 0.1, 0.2, 0.9, 0.01, 0, 0);

  /** Requests in a window of a minute, on the mean. */
  static final int REQUESTS = 20;

  /** Spread of a device's latencies within a window: sd of the log. */
  static final double SIGMA = 0.3;

  /** Mean over the fleet of what a healthy device fails. */
  static final double ERRORS = 0.01;

  /** Median latency of the median device, in seconds. */
  static final double MEDIAN = 0.020;

  /** The share of devices whose first trial fails though the release is good. */
  static final double FLAKY = 0.002;

  /** The share of devices on which every trial fails, whatever the release. */
  static final double BROKEN = 0.0005;

  /** The share of devices that cannot take a release at all: no space, say. */
  static final double STUCK = 0.002;

  /** How likely a device loses its network in a minute; it is back after a while. */
  static final double LOST = 1e-4;

  private final double latencySpread;
  private final double effectSpread;
  private final double windowSpread;
  private final double correlation;
  private final double errorCorrelation;
  private final double dayNight;
  private final double sleepers;

  Traits(
      double latencySpread,
      double effectSpread,
      double windowSpread,
      double correlation,
      double errorCorrelation,
      double dayNight,
      double sleepers) {
    this.latencySpread = latencySpread;
    this.effectSpread = effectSpread;
    this.windowSpread = windowSpread;
    this.correlation = correlation;
    this.errorCorrelation = errorCorrelation;
    this.dayNight = dayNight;
    this.sleepers = sleepers;
  }

  /** Between devices: sd of the log of their median latency. */
  double latencySpread() {
    return latencySpread;
  }

  /** Sd of what any change of release does to a device's log latency. */
  double effectSpread() {
    return effectSpread;
  }

  /** Sd of the log latency from window to window. */
  double windowSpread() {
    return windowSpread;
  }

  /** Of one window's latency with the next one's, AR(1). */
  double correlation() {
    return correlation;
  }

  /** Intra-class correlation of the devices' shares of errors, beta-binomial. */
  double errorCorrelation() {
    return errorCorrelation;
  }

  /** How far load, latency and errors swing around their mean in a day, 0 to 1. */
  double dayNight() {
    return dayNight;
  }

  /** The share of devices that sleep at night, as declared. */
  double sleepers() {
    return sleepers;
  }
}

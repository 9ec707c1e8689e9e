package dev.hatchery.lab.gates;

/**
 * How one rollout under one gate ended.
 *
 * @param stage index of the stage in which it did
 * @param requests samples that the deciding gate had used, over all devices; 0 where it uses none
 * @param devices that were told to switch
 * @param rawRequests inferences on the target until then, over all devices
 * @param minutes from the first order
 * @param why in plain words
 */
record Outcome(
    End end, int stage, long requests, int devices, long rawRequests, long minutes, String why) {
  /** The ways in which a rollout ends. */
  enum End {
    ABORTED,
    COMPLETED,
    /** It did not pass a stage in time, and so failed closed. */
    HELD
  }

  double requestsPerDevice() {
    return devices == 0 ? 0 : (double) requests / devices;
  }

  double rawRequestsPerDevice() {
    return devices == 0 ? 0 : (double) rawRequests / devices;
  }
}

package dev.hatchery.lab.gates;

/**
 * What a device measured in one window on the target.
 *
 * @param slow how many requests took longer than the p95 of its own past
 * @param verySlow how many took longer than twice that
 * @param sample latency bucket of one request drawn by lot
 */
record Reading(int requests, int errors, int slow, int verySlow, int sample) {}

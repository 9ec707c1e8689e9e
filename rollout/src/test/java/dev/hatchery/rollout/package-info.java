/**
 * Tests of the decisions, by kind of evidence: transitions as sentences, each rule by itself;
 * properties over seeded random fleets; the statistics by fixed-seed simulation; and whole rollouts
 * over simulated devices.
 */
@NullMarked
package dev.hatchery.rollout;

import org.jspecify.annotations.NullMarked;

/**
 * From what a service tells about itself to evidence: counters become windows.
 *
 * <p>{@link dev.hatchery.agent.telemetry.Exposition} reads Prometheus text and keeps only what
 * counts, a {@link dev.hatchery.agent.telemetry.Scrape}; {@link
 * dev.hatchery.agent.telemetry.Windows} turns one scrape after the other into {@link
 * dev.hatchery.core.Window windows} that never mix two bundles or two runs of the service; {@link
 * dev.hatchery.agent.telemetry.RestartWatch} and {@link dev.hatchery.agent.telemetry.StallWatch}
 * see what a trial must not survive. All of it is pure: no clock, no network.
 */
@NullMarked
package dev.hatchery.agent.telemetry;

import org.jspecify.annotations.NullMarked;

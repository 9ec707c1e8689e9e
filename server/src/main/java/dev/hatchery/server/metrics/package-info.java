/**
 * The only room that knows the metrics library: counters and gauges that other rooms feed as plain
 * numbers, and {@code GET /metrics} in Prometheus text format.
 */
@NullMarked
package dev.hatchery.server.metrics;

import org.jspecify.annotations.NullMarked;

/**
 * Numbers that other systems know: a gate's query, put to any endpoint that speaks Prometheus' HTTP
 * API.
 *
 * <p>{@link dev.hatchery.server.queries.Sources} is the server's own list of endpoints; a rollout
 * names one of them and can make the server ask no other address. {@link
 * dev.hatchery.server.queries.Endpoint} asks one of them once, within limits; {@link
 * dev.hatchery.server.queries.PrometheusAnswer} reads what came; {@link
 * dev.hatchery.server.queries.Inquirer} asks for all running rollouts now and then and keeps the
 * newest answers, so that no decision waits for a network.
 */
@NullMarked
package dev.hatchery.server.queries;

import org.jspecify.annotations.NullMarked;

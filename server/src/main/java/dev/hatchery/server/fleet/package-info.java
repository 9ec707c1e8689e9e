/**
 * The fleet as operators see it: who the devices are, what they were told and what they say they
 * run, put together from {@code devices}, {@code orders} and {@code telemetry}.
 */
@NullMarked
package dev.hatchery.server.fleet;

import org.jspecify.annotations.NullMarked;

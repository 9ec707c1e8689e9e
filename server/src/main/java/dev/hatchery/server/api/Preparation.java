package dev.hatchery.server.api;

import dev.hatchery.server.http.Exchange;

/** Makes a change ready: parses, reads, checks. May take its time. */
@FunctionalInterface
public interface Preparation {
  Change prepare(Exchange exchange);
}

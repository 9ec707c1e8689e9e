package dev.hatchery.core;

import java.time.Instant;

/**
 * The server's signed sign of life: the device's own nonce, the time, and the counter of the
 * desired state the device should hold by now. A counter above the device's own means that someone
 * holds back news.
 */
public record Heartbeat(String nonce, Instant now, long keyset, long counter) {}

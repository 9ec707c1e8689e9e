package dev.hatchery.wire.api;

/** Aborts, rejects or undoes a rollout by hand, with a reason for the record. */
public record AbortRequest(String reason) {}

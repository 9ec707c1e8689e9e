package dev.hatchery.wire.api;

/** A person's yes to the stage that waits, with a comment for the record. */
public record ApproveRequest(String comment) {}

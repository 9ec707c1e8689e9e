package dev.hatchery.formats;

/** A place in a file. */
record Range(long offset, long length) {}

package dev.hatchery.server.db;

import java.time.Instant;
import java.util.Optional;

/** One row of an answer; valid only while it is read. A NULL where none is expected is a defect. */
public interface Row {
  Optional<String> maybeText(String column);

  Optional<byte[]> maybeBlob(String column);

  long integer(String column);

  default String text(String column) {
    return maybeText(column).orElseThrow(() -> new AssertionError("NULL in " + column));
  }

  default byte[] blob(String column) {
    return maybeBlob(column).orElseThrow(() -> new AssertionError("NULL in " + column));
  }

  /** A column of milliseconds since 1970. */
  default Instant at(String column) {
    return Instant.ofEpochMilli(integer(column));
  }
}

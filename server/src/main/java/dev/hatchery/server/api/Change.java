package dev.hatchery.server.api;

import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Answer;

/**
 * A change that is ready to be made. It runs on the database's writer: no reading of files here.
 */
@FunctionalInterface
public interface Change {
  /** Makes it, in this transaction, together with its audit record. */
  Answer make(Tx tx);
}

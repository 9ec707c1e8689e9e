/**
 * The only room that knows the database libraries. Stores write SQL as it runs and get rows back
 * through {@link dev.hatchery.server.db.Rows} and {@link dev.hatchery.server.db.Tx}.
 *
 * <p>SQLite with WAL and synchronous=FULL: what a caller was told is done survives a power cut
 * (durability reference, section 8). One thread writes; it takes whatever is waiting into one
 * transaction (group commit), each operation in a savepoint of its own, so that one that fails
 * takes no other with it. Reads run on a few connections of their own and see a consistent
 * snapshot.
 */
@NullMarked
package dev.hatchery.server.db;

import org.jspecify.annotations.NullMarked;

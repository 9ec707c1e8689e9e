/**
 * Who did what, when: one record per change, written in the transaction that makes the change, each
 * with the hash of the one before it. A record that is altered or removed breaks the chain from
 * there on.
 *
 * <p>The chain proves nothing against whoever holds the database and rewrites it as a whole; the
 * published, signed tree of the security reference (section 7) comes on top of these records.
 */
@NullMarked
package dev.hatchery.server.audit;

import org.jspecify.annotations.NullMarked;

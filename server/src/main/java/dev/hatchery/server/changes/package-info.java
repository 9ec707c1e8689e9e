/**
 * What has changed on devices: their system, kernel, driver, runtimes and firmware as their facts
 * tell, and the bundle that a slot's {@code current} names. Whoever made the change, apt, Mender,
 * balena or Hatchery, it is seen in a report and recorded in the transaction that takes the report,
 * at the server's time. Rollouts ask {@link dev.hatchery.server.changes.ChangeStore} to keep the
 * two pipelines apart; nothing is decided here. A change is forgotten when no interlock may last so
 * long.
 */
@NullMarked
package dev.hatchery.server.changes;

import org.jspecify.annotations.NullMarked;

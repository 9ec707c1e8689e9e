/**
 * The registry at {@code /v2}: the OCI distribution API over this server's web server and tokens.
 * Operators may push and pull all; a device may pull the blobs of the releases that its desired
 * state names, and to it nothing else exists.
 */
@NullMarked
package dev.hatchery.server.registry;

import org.jspecify.annotations.NullMarked;

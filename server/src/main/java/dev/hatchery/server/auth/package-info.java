/**
 * Who is at the door. Operators and pipelines show a bearer token that is stored as its hash only;
 * devices show a short-lived access token that they got for an assertion signed by their own key.
 *
 * <p>Access tokens are stateless: a MAC of this server's secret over device and expiry. {@link
 * dev.hatchery.server.auth.Doorkeeper} is asked before every handler; what a route lets in stands
 * on the route itself.
 */
@NullMarked
package dev.hatchery.server.auth;

import org.jspecify.annotations.NullMarked;

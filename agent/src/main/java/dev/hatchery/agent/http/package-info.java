/**
 * HTTP as the agent needs it: requests that end, bodies that have a limit, and no trust but the one
 * that was given.
 *
 * <p>{@link dev.hatchery.agent.http.Http} sends; a {@link dev.hatchery.agent.http.Reply} carries
 * status, headers and a {@link dev.hatchery.agent.http.Body} that is read piece by piece, because a
 * body that never ends or never comes is the sender's choice. {@link
 * dev.hatchery.agent.http.Connections} makes the two clients: to the server, which believes the
 * enrolment file's certificates only, and to services on loopback. The JDK's client is used here
 * and nowhere else.
 */
@NullMarked
package dev.hatchery.agent.http;

import org.jspecify.annotations.NullMarked;

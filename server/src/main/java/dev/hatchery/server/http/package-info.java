/**
 * The only room that knows the web server. A feature offers {@link
 * dev.hatchery.server.http.Route}s; a route says who may come in and how much body it takes, gets
 * an {@link dev.hatchery.server.http.Exchange} and answers with an {@link
 * dev.hatchery.server.http.Outcome}: now, or later when it parks.
 *
 * <p>What every route gets from here: a guard that is asked first, limits on headers, bodies, rates
 * and connections, a request id, problem documents (RFC 9457) for everything that is refused, and
 * TLS 1.3. Handlers run on virtual threads and may block; a parked exchange holds no thread.
 */
@NullMarked
package dev.hatchery.server.http;

import org.jspecify.annotations.NullMarked;

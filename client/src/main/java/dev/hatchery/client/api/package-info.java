/**
 * The operator API as methods: {@link dev.hatchery.client.api.OperatorClient}. Command line, demo
 * and tests all speak to the server through it; what it throws is a {@link
 * dev.hatchery.core.Refusal}, the server's own or UNREACHABLE.
 */
@NullMarked
package dev.hatchery.client.api;

import org.jspecify.annotations.NullMarked;

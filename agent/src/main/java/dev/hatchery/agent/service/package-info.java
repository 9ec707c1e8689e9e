/**
 * The inference service of a slot, seen from outside: how it is told to load, how it says what it
 * loaded, how it answers.
 *
 * <p>{@link dev.hatchery.agent.service.Contract} is what agent.yaml says of it; {@link
 * dev.hatchery.agent.service.Service} is the little that the agent asks of one; {@link
 * dev.hatchery.agent.service.HttpService} asks over loopback HTTP. Whatever a service answers is a
 * value: that it is down, slow or talks nonsense is what trials are for, and never an exception.
 */
@NullMarked
package dev.hatchery.agent.service;

import org.jspecify.annotations.NullMarked;

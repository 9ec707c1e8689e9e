/**
 * JMH benchmarks of what has to be fast: the coders of deltas. Each stands beside something to
 * compare it with in the same run, since the machines that run them are shared: a figure alone says
 * little, a ratio says something. {@code build/benchmark} runs them; docs/delta.md quotes them. No
 * other module uses this one.
 */
@NullMarked
package dev.hatchery.bench;

import org.jspecify.annotations.NullMarked;

/** End-to-end, architecture and crash tests: what only the whole can show. */
@NullMarked
package dev.hatchery.it;

import org.jspecify.annotations.NullMarked;

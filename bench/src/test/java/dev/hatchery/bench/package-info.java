@NullMarked
package dev.hatchery.bench;

import org.jspecify.annotations.NullMarked;

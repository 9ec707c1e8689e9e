@NullMarked
package dev.hatchery.cli;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.hatchery.registry;

import org.jspecify.annotations.NullMarked;

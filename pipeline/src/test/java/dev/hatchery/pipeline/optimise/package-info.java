@NullMarked
package dev.hatchery.pipeline.optimise;

import org.jspecify.annotations.NullMarked;

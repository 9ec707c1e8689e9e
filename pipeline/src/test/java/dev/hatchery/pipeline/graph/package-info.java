@NullMarked
package dev.hatchery.pipeline.graph;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.hatchery.pipeline.data;

import org.jspecify.annotations.NullMarked;

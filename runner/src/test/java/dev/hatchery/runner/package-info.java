/** Tests of the inference service, on real HTTP and real models. */
@NullMarked
package dev.hatchery.runner;

import org.jspecify.annotations.NullMarked;

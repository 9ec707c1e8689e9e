/** The only room that knows the JSON library: bytes to tree and back, strict and bounded. */
@NullMarked
package dev.hatchery.wire.json;

import org.jspecify.annotations.NullMarked;

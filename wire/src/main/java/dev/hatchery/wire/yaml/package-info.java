/**
 * The only room that knows the YAML library: text to tree, with line numbers, without tags, anchors
 * or aliases.
 */
@NullMarked
package dev.hatchery.wire.yaml;

import org.jspecify.annotations.NullMarked;

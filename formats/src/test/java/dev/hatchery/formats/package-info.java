/**
 * Tests of the readers. Each writes its own small files with the writers here ({@code Out}, {@code
 * ProtoOut}, {@code OnnxOut}, {@code FlatOut}, {@code GgufOut}, {@code HefOut}), which know the
 * formats a second time, so that an error would have to be made twice.
 */
@NullMarked
package dev.hatchery.formats;

import org.jspecify.annotations.NullMarked;

/**
 * Tests of the decoder. They write patches with writers of their own ({@code CodesOut}, {@code
 * FrameOut}, {@code PatchOut}), which know the format a second time and can write what no encoder
 * would.
 */
@NullMarked
package dev.hatchery.delta;

import org.jspecify.annotations.NullMarked;

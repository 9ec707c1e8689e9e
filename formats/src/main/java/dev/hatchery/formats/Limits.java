package dev.hatchery.formats;

/**
 * What a model file may ask of its reader. Beyond a limit the file is refused, unless the limit
 * says that the rest is left out.
 */
final class Limits {
  /** Tensors of one file, the empty ones and those of unknown type included. */
  static final int TENSORS = 200_000;

  /** Dimensions of a tensor; TFLite stops at 8 and ggml at 4. */
  static final int RANK = 16;

  /** Bytes of one name. */
  static final int NAME = 4096;

  /**
   * Bytes of all names and shapes of one file together, with 24 for each dimension, about what it
   * takes on the heap.
   */
  static final long KEPT = 32L << 20;

  /** Steps that are not paid for by bytes read: tables reached by offset, entries, nodes. */
  static final int STEPS = 4_000_000;

  /** Graphs within graphs. */
  static final int DEPTH = 16;

  /** Entries of the metadata that is kept; the rest is left out. */
  static final int METADATA_ENTRIES = 1000;

  /** Bytes of a key or value of the metadata that is kept; a longer one is left out. */
  static final int METADATA_TEXT = 1024;

  /** Bytes of a safetensors header (safetensors, MAX_HEADER_SIZE). */
  static final long SAFETENSORS_HEADER = 100_000_000;

  /** Bytes of padding between GGUF's tensors (ggml, GGUF_MAX_ALIGNMENT). */
  static final long GGUF_ALIGNMENT = 1 << 20;

  /** Arrays within arrays in GGUF's metadata. */
  static final int GGUF_NESTING = 4;

  private Limits() {}
}

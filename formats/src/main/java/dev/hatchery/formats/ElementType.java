package dev.hatchery.formats;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a tensor's bytes mean. Numbers are little endian. Types of less than a byte are packed over
 * the whole tensor, the first value in the lowest bits; GGUF's block types ({@code Q4_0} and below)
 * hold a row's values in blocks with their scales inside.
 */
public enum ElementType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  F8_E4M3(1),
  F8_E4M3FNUZ(1),
  F8_E5M2(1),
  F8_E5M2FNUZ(1),
  F8_E8M0(1),
  F6_E2M3(3, 4),
  F6_E3M2(3, 4),
  F4(1, 2),
  I64(8),
  U64(8),
  I32(4),
  U32(4),
  I16(2),
  U16(2),
  I8(1),
  U8(1),
  BOOL(1),
  I4(1, 2),
  U4(1, 2),
  I2(1, 4),
  U2(1, 4),
  C64(8),
  C128(16),
  // ggml-common.h, block_* structures
  Q4_0(18, 32),
  Q4_1(20, 32),
  Q5_0(22, 32),
  Q5_1(24, 32),
  Q8_0(34, 32),
  Q8_1(36, 32),
  Q2_K(84, 256),
  Q3_K(110, 256),
  Q4_K(144, 256),
  Q5_K(176, 256),
  Q6_K(210, 256),
  Q8_K(292, 256),
  IQ2_XXS(66, 256),
  IQ2_XS(74, 256),
  IQ2_S(82, 256),
  IQ3_XXS(98, 256),
  IQ3_S(110, 256),
  IQ1_S(50, 256),
  IQ1_M(56, 256),
  IQ4_NL(18, 32),
  IQ4_XS(136, 256),
  TQ1_0(54, 256),
  TQ2_0(66, 256),
  MXFP4(17, 32),
  NVFP4(36, 64),
  Q1_0(18, 128);

  private final int bytesPerBlock;
  private final int valuesPerBlock;

  ElementType(int bytes) {
    this(bytes, 1);
  }

  ElementType(int bytesPerBlock, int valuesPerBlock) {
    this.bytesPerBlock = bytesPerBlock;
    this.valuesPerBlock = valuesPerBlock;
  }

  /** The fewest bytes that hold whole values, and how many: 4 and 1 for F32, 1 and 2 for I4. */
  public int bytesPerBlock() {
    return bytesPerBlock;
  }

  public int valuesPerBlock() {
    return valuesPerBlock;
  }

  /** GGUF's types, whose scales lie between their values. */
  public boolean isBlocked() {
    return compareTo(Q4_0) >= 0;
  }

  /** Real numbers by themselves, of one or more bytes each. */
  public boolean isFloat() {
    return compareTo(F8_E8M0) <= 0;
  }

  /** Whole numbers of at most 32 bits, which a scale makes real. */
  boolean isQuantized() {
    return compareTo(I32) >= 0 && compareTo(U2) <= 0 && this != BOOL;
  }

  boolean isUnsigned() {
    return this == U32 || this == U16 || this == U8 || this == U4 || this == U2;
  }

  /**
   * Bytes of a tensor of this shape, a last byte that is not full included; empty where there is no
   * such tensor: a negative dimension, more than 2^63 bytes, or a row that is not whole blocks.
   */
  public OptionalLong length(List<Long> shape) {
    OptionalLong values = values(shape);
    if (values.isEmpty() || values.getAsLong() > Long.MAX_VALUE - valuesPerBlock) {
      return OptionalLong.empty();
    }
    if (isBlocked() && (shape.isEmpty() || shape.getLast() % valuesPerBlock != 0)) {
      return OptionalLong.empty();
    }
    long blocks = (values.getAsLong() + valuesPerBlock - 1) / valuesPerBlock;
    return blocks > Long.MAX_VALUE / bytesPerBlock
        ? OptionalLong.empty()
        : OptionalLong.of(blocks * bytesPerBlock);
  }

  /** The product of the dimensions; 1 for none; empty where it is negative or beyond 2^63. */
  static OptionalLong values(List<Long> shape) {
    long values = 1;
    boolean none = false;
    for (long dimension : shape) {
      if (dimension < 0) return OptionalLong.empty();
      none |= dimension == 0;
      // A zero further on does not excuse the overflow before it (safetensors and ggml agree).
      if (dimension != 0 && values > Long.MAX_VALUE / dimension) return OptionalLong.empty();
      if (dimension != 0) values *= dimension;
    }
    return OptionalLong.of(none ? 0 : values);
  }
}

package dev.hatchery.formats;

import java.util.Optional;

/** ggml.h, enum ggml_type; the numbers missing here were never used in files or were withdrawn. */
final class GgufTypes {
  private GgufTypes() {}

  static Optional<ElementType> type(long number) {
    return Optional.ofNullable(
        switch ((int) Math.min(number, 255)) {
          case 0 -> ElementType.F32;
          case 1 -> ElementType.F16;
          case 2 -> ElementType.Q4_0;
          case 3 -> ElementType.Q4_1;
          case 6 -> ElementType.Q5_0;
          case 7 -> ElementType.Q5_1;
          case 8 -> ElementType.Q8_0;
          case 9 -> ElementType.Q8_1;
          case 10 -> ElementType.Q2_K;
          case 11 -> ElementType.Q3_K;
          case 12 -> ElementType.Q4_K;
          case 13 -> ElementType.Q5_K;
          case 14 -> ElementType.Q6_K;
          case 15 -> ElementType.Q8_K;
          case 16 -> ElementType.IQ2_XXS;
          case 17 -> ElementType.IQ2_XS;
          case 18 -> ElementType.IQ3_XXS;
          case 19 -> ElementType.IQ1_S;
          case 20 -> ElementType.IQ4_NL;
          case 21 -> ElementType.IQ3_S;
          case 22 -> ElementType.IQ2_S;
          case 23 -> ElementType.IQ4_XS;
          case 24 -> ElementType.I8;
          case 25 -> ElementType.I16;
          case 26 -> ElementType.I32;
          case 27 -> ElementType.I64;
          case 28 -> ElementType.F64;
          case 29 -> ElementType.IQ1_M;
          case 30 -> ElementType.BF16;
          case 34 -> ElementType.TQ1_0;
          case 35 -> ElementType.TQ2_0;
          case 39 -> ElementType.MXFP4;
          case 40 -> ElementType.NVFP4;
          case 41 -> ElementType.Q1_0;
          default -> null;
        });
  }
}

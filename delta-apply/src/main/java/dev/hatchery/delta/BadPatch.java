package dev.hatchery.delta;

/** What is wrong with a patch, or with the file it is applied to. Nothing has been believed. */
public final class BadPatch extends Exception {
  private final Reason reason;

  /** The kinds of wrong. */
  public enum Reason {
    /** It does not begin as a patch does. */
    NOT_A_PATCH,
    /** A version or a feature this decoder does not know. */
    VERSION,
    /** It ends before it should, or goes on after it. */
    LENGTH,
    /** A checksum does not fit what it covers. */
    CHECKSUM,
    /** A number in it is larger than the format allows. */
    LIMIT,
    /** It reads outside the base or what has been written, or writes outside the result. */
    RANGE,
    /** It writes a part of the result twice, or not at all. */
    TILING,
    /** A compressed part does not decompress to what was announced. */
    COMPRESSION,
    /** The base is not the file the patch was made for. */
    BASE,
    /** What came out is not the file the patch was made for. */
    RESULT
  }

  BadPatch(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

package dev.hatchery.delta;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.zip.CRC32C;

/** The first 92 bytes of a patch: which file it makes of which, and how many frames follow. */
public final class Header {
  public static final int SIZE = 92;

  /** The largest file either side may be. */
  public static final long MAX_FILE = 1L << 40;

  public static final int MAX_FRAMES = 1 << 20;

  // A byte that no text has, the name, the version: 'H' 'D' 'L' and 1.
  private static final int MAGIC = 0x014c4448 | 0x80;
  private static final int SHA256 = 32;

  private final long baseSize;
  private final byte[] baseSha256;
  private final long resultSize;
  private final byte[] resultSha256;
  private final int frames;

  public Header(
      long baseSize, byte[] baseSha256, long resultSize, byte[] resultSha256, int frames) {
    this.baseSize = baseSize;
    this.baseSha256 = baseSha256.clone();
    this.resultSize = resultSize;
    this.resultSha256 = resultSha256.clone();
    this.frames = frames;
  }

  /** Parses the first {@link #SIZE} bytes. */
  public static Header parse(byte[] bytes) throws BadPatch {
    if (bytes.length < SIZE) {
      throw new BadPatch(BadPatch.Reason.LENGTH, "a patch is shorter than its header");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, SIZE).order(ByteOrder.LITTLE_ENDIAN);
    int magic = in.getInt();
    if ((magic & 0xffffff) != (MAGIC & 0xffffff)) {
      throw new BadPatch(BadPatch.Reason.NOT_A_PATCH, "this is not a patch");
    }
    if (magic != MAGIC) {
      throw new BadPatch(
          BadPatch.Reason.VERSION, "expected a patch of version 1, got " + (magic >>> 24));
    }
    if (in.getInt(SIZE - 4) != sum(bytes)) {
      throw new BadPatch(BadPatch.Reason.CHECKSUM, "the header's checksum does not fit");
    }
    int frames = in.getInt();
    long base = in.getLong();
    long result = in.getLong();
    byte[] baseSha256 = new byte[SHA256];
    in.get(baseSha256);
    byte[] resultSha256 = new byte[SHA256];
    in.get(resultSha256);
    if (base < 0 || base > MAX_FILE || result < 0 || result > MAX_FILE) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "a file is larger than " + MAX_FILE + " bytes");
    }
    if (frames < 0 || frames > MAX_FRAMES) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "more than " + MAX_FRAMES + " frames");
    }
    return new Header(base, baseSha256, result, resultSha256, frames);
  }

  /** The bytes that {@link #parse} reads. */
  public byte[] bytes() {
    ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putInt(frames).putLong(baseSize).putLong(resultSize);
    out.put(baseSha256).put(resultSha256);
    out.putInt(sum(out.array()));
    return out.array();
  }

  private static int sum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, SIZE - 4);
    return (int) sum.getValue();
  }

  public long baseSize() {
    return baseSize;
  }

  /** Of the file it is applied to; that of nothing when there is none. */
  public byte[] baseSha256() {
    return baseSha256.clone();
  }

  public long resultSize() {
    return resultSize;
  }

  public byte[] resultSha256() {
    return resultSha256.clone();
  }

  /**
   * Compares what the patch says it makes with what it is to make, before a frame of it is looked
   * at.
   */
  public void requireMakes(long size, byte[] sha256) throws BadPatch {
    if (resultSize != size) {
      throw new BadPatch(
          BadPatch.Reason.RESULT,
          "it makes another file: expected " + size + " bytes, got " + resultSize);
    }
    if (!MessageDigest.isEqual(resultSha256, sha256)) {
      throw new BadPatch(BadPatch.Reason.RESULT, "it makes another file, of the same size");
    }
  }

  /** How many frames follow. */
  public int frames() {
    return frames;
  }
}

package dev.hatchery.delta;

/** The decoder's side of the entropy coder, which only its own package can make. */
public final class ReadBack {
  private ReadBack() {}

  /** A source of bytes in memory. */
  private static final class Held implements Source {
    private final byte[] bytes;

    Held(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void read(long at, byte[] into, int from, int length) {
      System.arraycopy(bytes, (int) at, into, from, length);
    }
  }

  public static Coder of(byte[] codes, byte[] raws) {
    byte[] all = java.util.Arrays.copyOf(codes, codes.length + raws.length);
    System.arraycopy(raws, 0, all, codes.length, raws.length);
    SectionCoder coder = new SectionCoder(new Held(all));
    coder.open(0, codes.length, raws.length);
    return coder;
  }
}

package dev.hatchery.delta;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Applies a patch, a frame at a time. Besides the files it needs about 10 MiB, all of it from the
 * beginning, whatever the patch says. A frame's checksum is looked at before the frame is obeyed,
 * every range before it is read or written.
 *
 * <p>The caller calls {@link #requireBase} before the first {@link #next}, and {@link
 * #requireResult} after the last, before the result gets its name. Not thread-safe.
 */
public final class Decoder {
  private static final int BUFFER = 64 * 1024;

  private final Source base;
  private final Source patch;
  private final Target target;
  private final Header header;
  private final Coverage coverage;
  private final SectionCoder coder;
  private final TensorCodec tensors;
  private final byte[] buffer = new byte[BUFFER];
  private final byte[] rowBytes = new byte[LaneModel.MAX_COLUMNS * 4];
  private int frame;
  private long at;

  /**
   * Begins, or goes on.
   *
   * @throws BadPatch when the header is not a patch's, or the checkpoint not this patch's
   */
  public Decoder(Source base, Source patch, Target target, Checkpoint from)
      throws BadPatch, IOException {
    this(base, patch, target, from, new TensorCodec(new Prediction(base, target)));
  }

  /** With a codec of the same base and target, which may have served another decoder. */
  Decoder(Source base, Source patch, Target target, Checkpoint from, TensorCodec tensors)
      throws BadPatch, IOException {
    this.base = base;
    this.patch = patch;
    this.target = target;
    this.header = header(patch);
    this.coverage = new Coverage(header.resultSize());
    this.coder = new SectionCoder(patch);
    this.tensors = tensors;
    this.frame = from.frame();
    this.at = from.at();
    List<Long> pieces = from.written();
    boolean inside = frame >= 0 && at >= Header.SIZE && at <= patch.size();
    if (!inside || frame > header.frames() || pieces.size() % 2 != 0) {
      throw new BadPatch(BadPatch.Reason.RANGE, "the checkpoint is not one of this patch");
    }
    for (int i = 0; i < pieces.size(); i += 2) {
      coverage.add(pieces.get(i), pieces.get(i + 1) - pieces.get(i));
    }
  }

  /** What a patch says of itself. */
  public static Header header(Source patch) throws BadPatch, IOException {
    byte[] head = new byte[(int) Math.min(patch.size(), Header.SIZE)];
    patch.read(0, head, 0, head.length);
    return Header.parse(head);
  }

  public Header header() {
    return header;
  }

  /** Reads the base and compares it with what the patch was made for. */
  public void requireBase() throws BadPatch, IOException {
    require(base, header.baseSize(), header.baseSha256(), BadPatch.Reason.BASE, "base");
  }

  /** Reads the result back and compares it with what the patch promises. */
  public void requireResult() throws BadPatch, IOException {
    coverage.requireWhole();
    require(target, header.resultSize(), header.resultSha256(), BadPatch.Reason.RESULT, "result");
  }

  private void require(Source file, long size, byte[] hash, BadPatch.Reason reason, String what)
      throws BadPatch, IOException {
    if (file.size() != size) {
      throw new BadPatch(
          reason, "expected a " + what + " of " + size + " bytes, got " + file.size());
    }
    MessageDigest sha = sha256();
    for (long from = 0; from < size; from += BUFFER) {
      int length = (int) Math.min(BUFFER, size - from);
      file.read(from, buffer, 0, length);
      sha.update(buffer, 0, length);
    }
    if (!MessageDigest.isEqual(sha.digest(), hash)) {
      throw new BadPatch(reason, "the " + what + " has another hash than the patch says");
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** How far it came. */
  public Checkpoint checkpoint() {
    return new Checkpoint(frame, at, coverage.pieces());
  }

  /**
   * Applies the next frame.
   *
   * @return false when there is none left; then the whole result is written
   */
  public boolean next() throws BadPatch, IOException {
    if (frame == header.frames()) {
      if (at != patch.size()) {
        throw new BadPatch(BadPatch.Reason.LENGTH, "there are bytes after the last frame");
      }
      coverage.requireWhole();
      return false;
    }
    if (patch.size() - at < Frame.SIZE) throw truncated();
    patch.read(at, buffer, 0, Frame.SIZE);
    Frame head = Frame.parse(buffer);
    long body = at + Frame.SIZE;
    if (patch.size() - body < head.body()) throw truncated();
    checkSum(head, body);
    try {
      apply(head, body);
    } catch (Section.Exhausted e) {
      throw new BadPatch(BadPatch.Reason.LENGTH, String.valueOf(e.getMessage()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (ZstdException e) {
      throw new BadPatch(BadPatch.Reason.COMPRESSION, "zstd says: " + e.getMessage());
    }
    frame++;
    at = body + head.body();
    return true;
  }

  private static BadPatch truncated() {
    return new BadPatch(BadPatch.Reason.LENGTH, "the patch ends within a frame");
  }

  private void checkSum(Frame head, long body) throws BadPatch, IOException {
    CRC32C sum = new CRC32C();
    for (long done = 0; done < head.body(); ) {
      int length = (int) Math.min(BUFFER, head.body() - done);
      patch.read(body + done, buffer, 0, length);
      sum.update(buffer, 0, length);
      done += length;
    }
    if ((int) sum.getValue() != head.sum()) {
      throw new BadPatch(BadPatch.Reason.CHECKSUM, "a frame's checksum does not fit");
    }
  }

  private void apply(Frame head, long body) throws BadPatch, IOException {
    List<Op> ops = Op.parse(section(body, head.tableStored(), head.table(), 0, 0));
    requireSizes(ops, head);
    long literal = body + head.tableStored();
    boolean stored = head.literalsStored() == head.literals();
    byte[] literals =
        stored
            ? new byte[0]
            : section(
                literal, head.literalsStored(), head.literals(), head.window(), head.windowSize());
    long codes = body + head.tableStored() + head.literalsStored();
    coder.open(codes, head.codes(), head.raws());
    tensors.reset();
    int taken = 0;
    for (Op op : ops) {
      if (!coverage.free(op.at(), op.length())) throw Coverage.twice(op.at());
      switch (op) {
        case Op.Copy copy -> copy(copy);
        case Op.Literal bytes -> {
          if (stored) transfer(patch, literal + taken, bytes.at(), bytes.length());
          else target.write(bytes.at(), literals, taken, (int) bytes.length());
          taken += (int) bytes.length();
        }
        case Op.Unknown unknown -> unknown(unknown);
        case Op.Tensor tensor -> tensor(tensor);
      }
      coverage.add(op.at(), op.length());
    }
  }

  // All that can be known before anything is written.
  private void requireSizes(List<Op> ops, Frame head) throws BadPatch {
    long ofLiterals = 0;
    long ofTensors = 0;
    if (ops.isEmpty()) throw new BadPatch(BadPatch.Reason.LENGTH, "a frame without an op");
    for (Op op : ops) {
      if (op.length() > header.resultSize() - op.at()) {
        throw new BadPatch(BadPatch.Reason.RANGE, "an op writes past the end of the result");
      }
      if (op instanceof Op.Literal) ofLiterals += op.length();
      if (op instanceof Op.Tensor || op instanceof Op.Unknown) ofTensors += op.length();
    }
    if (ofLiterals != head.literals()) {
      throw new BadPatch(BadPatch.Reason.LENGTH, "a frame's literals are not those its ops take");
    }
    if (ofTensors > Frame.MAX_TENSORS) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "a frame's tensors are too large");
    }
  }

  private byte[] section(long from, int stored, int size, long window, int windowSize)
      throws BadPatch, IOException {
    byte[] bytes = new byte[stored];
    patch.read(from, bytes, 0, stored);
    if (stored == size) return bytes;
    byte[] out = new byte[size];
    int length;
    try (var zstd = new ZstdDecompressCtx()) {
      if (windowSize > 0) zstd.loadDict(dictionary(window, windowSize));
      length = zstd.decompressByteArray(out, 0, size, bytes, 0, stored);
    }
    if (length != size) {
      throw new BadPatch(BadPatch.Reason.COMPRESSION, "expected " + size + " bytes, got " + length);
    }
    return out;
  }

  private byte[] dictionary(long window, int size) throws BadPatch, IOException {
    requireInBase(window, size);
    byte[] dictionary = new byte[size];
    base.read(window, dictionary, 0, size);
    if (Frame.isFormatted(dictionary)) {
      throw new BadPatch(
          BadPatch.Reason.COMPRESSION, "a dictionary must not begin as zstd's own ones do");
    }
    return dictionary;
  }

  private void requireInBase(long from, long length) throws BadPatch {
    if (from < 0 || length < 0 || from > header.baseSize() - length) {
      throw new BadPatch(
          BadPatch.Reason.RANGE, "an op reads past the base's end at " + header.baseSize());
    }
  }

  private void requireWritten(long from, long length) throws BadPatch {
    if (!coverage.has(from, length)) {
      throw new BadPatch(BadPatch.Reason.RANGE, "an op reads what is not yet written");
    }
  }

  private void copy(Op.Copy op) throws BadPatch, IOException {
    requireInBase(op.from(), op.length());
    transfer(base, op.from(), op.at(), op.length());
  }

  private void transfer(Source source, long from, long to, long length) throws IOException {
    for (long done = 0; done < length; ) {
      int piece = (int) Math.min(BUFFER, length - done);
      source.read(from + done, buffer, 0, piece);
      target.write(to + done, buffer, 0, piece);
      done += piece;
    }
  }

  private void unknown(Op.Unknown op) throws BadPatch, IOException {
    long from = op.from().orElse(0L);
    if (op.from().isPresent()) requireInBase(from, op.length());
    // A table may hold many ops of one byte each.
    int piece = (int) Math.min(Op.Unknown.PIECE, op.length());
    byte[] like = new byte[op.from().isPresent() ? piece : 0];
    byte[] bytes = new byte[piece];
    for (long done = 0; done < op.length(); done += Op.Unknown.PIECE) {
      int length = (int) Math.min(Op.Unknown.PIECE, op.length() - done);
      if (like.length > 0) base.read(from + done, like, 0, length);
      tensors.unknown(coder, bytes, length, like.length > 0 ? like : null, done == 0);
      target.write(op.at() + done, bytes, 0, length);
    }
  }

  private void tensor(Op.Tensor op) throws BadPatch, IOException {
    switch (op.source()) {
      case Op.Nothing _ -> {}
      case Op.Base from -> requireInBase(from.from(), op.length());
      case Op.Written from -> requireWritten(from.from(), op.length());
    }
    if (op.scaling() instanceof Op.Scales scales) {
      long length = scales.lane().bytes(scales.count());
      requireInBase(scales.base(), length);
      requireWritten(scales.written(), length);
    }
    tensors.code(
        coder,
        op,
        new Parameters(op),
        new TensorCodec.Rows() {
          @Override
          public void wanted(int row, int[] lanes, int count) {}

          @Override
          public void coded(int row, int[] lanes, int count) throws IOException {
            op.lane().pack(lanes, count, rowBytes, 0);
            long from = op.at() + (long) row * op.width() * op.lane().bits() / 8;
            target.write(from, rowBytes, 0, (int) op.lane().bytes(count));
          }
        });
  }
}

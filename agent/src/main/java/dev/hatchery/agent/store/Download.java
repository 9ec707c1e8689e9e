package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.DiskFile;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.agent.uplink.Valve;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob, a piece at a time: {@code dl/<hex>.<slot>.part} and {@code .meta}.
 *
 * <p>Every so often the data is synced and <em>then</em> the meta file says how much of it counts
 * and what that much hashes to; after a crash the rest is cut off, what counts is read again and
 * hashed, and the download goes on from there (invariant I8). The source may answer another range
 * than asked, break off, lie about lengths or dawdle; only the hash at the end decides.
 *
 * <p>Not thread-safe.
 */
final class Download implements AutoCloseable {
  /** Below this, a checkpoint costs more than the bytes it saves. */
  private static final DataSize MIN_CHECKPOINT = DataSize.kib(64);

  private static final DataSize MAX_CHECKPOINT = DataSize.mib(8);
  private static final int BUFFER = 64 * 1024;
  private static final long NOT_MIXED = Long.MAX_VALUE;

  private final Disk disk;
  private final Path part;
  private final StateFile<Mark> meta;
  private final Path metaFile;
  private final Digest digest;
  private final long size;
  private final Speed speed;
  private final DiskFile out;
  private final byte[] buffer = new byte[BUFFER];
  private MessageDigest running;
  private long written;
  private long marked;
  private long received;
  // Bytes that were on the disk when a download went on after a break: each counts once.
  private long resumed;
  private long counted;
  // What came by ways that must lie to nobody: a neighbour's bytes come after it.
  private long own = NOT_MIXED;
  private MessageDigest ownHash;
  private BlobSource.@Nullable Stream stream;
  // Of the stream at hand: bytes that are on disk already and come again.
  private long toSkip;
  private long periodEnd;
  private long inPeriod;

  /**
   * How much of the part counts, and its hash.
   *
   * @param counted how much of it has been told as resumed
   * @param own how much of it a neighbour had no part in
   */
  private record Mark(long size, long verified, Digest prefix, long counted, long own) {
    static final Codec<Mark> CODEC =
        new Codec<>(
            m ->
                Tree.object()
                    .put("size", m.size)
                    .put("verifiedPrefix", m.verified)
                    .put("prefixSha256", m.prefix)
                    .put("resumed", m.counted)
                    .put("own", m.own)
                    .done(),
            node ->
                Fields.read(
                    node,
                    f ->
                        new Mark(
                            f.integer("size"),
                            f.integer("verifiedPrefix"),
                            f.parsed("prefixSha256", Digest::parse),
                            f.integer("resumed", 0),
                            f.integer("own", NOT_MIXED))));
  }

  /**
   * The least that a source must deliver.
   *
   * @param bytes within each {@code period}
   */
  record Speed(DataSize bytes, Duration period, LongSupplier nanos) {}

  /**
   * Goes on where the last one was cut off.
   *
   * @param slot who downloads: two slots may need one blob at the same time
   */
  Download(Disk disk, Layout layout, Name slot, Digest digest, long size, Speed speed) {
    this.disk = disk;
    this.part = part(layout, slot, digest);
    this.metaFile = layout.downloads().resolve(digest.hex() + "." + slot + ".meta");
    this.meta = new StateFile<>(disk, metaFile, Mark.CODEC);
    this.digest = digest;
    this.size = size;
    this.speed = speed;
    this.running = Digest.sha256();
    this.ownHash = Digest.sha256();
    this.out = resume();
  }

  static Path part(Layout layout, Name slot, Digest digest) {
    return layout.downloads().resolve(digest.hex() + "." + slot + ".part");
  }

  private DiskFile resume() {
    boolean there = disk.kind(part) == Disk.Kind.FILE;
    long counts = there ? meta.read().value().map(this::sound).orElse(0L) : 0;
    DiskFile file = there ? disk.append(part) : disk.create(part);
    if (file.size() > counts) file.truncate(counts);
    written = counts;
    marked = counts;
    return file;
  }

  // Reading the prefix again is cheap beside fetching it, and proves that the disk kept it.
  private long sound(Mark mark) {
    if (mark.size != size || mark.verified > disk.size(part)) return 0;
    MessageDigest hash = Digest.sha256();
    long unmixed = Math.min(mark.own, mark.verified);
    MessageDigest hashOfOwn;
    try (InputStream in = disk.open(part)) {
      if (!hash(in, unmixed, hash)) return 0;
      hashOfOwn = copy(hash);
      if (!hash(in, mark.verified - unmixed, hash)) return 0;
    } catch (IOException e) {
      return 0;
    }
    if (!Digest.finish(copy(hash)).equals(mark.prefix)) return 0;
    running = hash;
    own = mark.own;
    ownHash = hashOfOwn;
    counted = mark.counted;
    return mark.verified;
  }

  private boolean hash(InputStream in, long length, MessageDigest hash) throws IOException {
    long left = length;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) return false;
      hash.update(buffer, 0, n);
      left -= n;
    }
    return true;
  }

  Digest digest() {
    return digest;
  }

  /** Body bytes that came since this was made, those that came twice included. */
  long received() {
    return received;
  }

  /** Bytes that lay on the disk from a broken-off download and did not come again. */
  long resumed() {
    return resumed;
  }

  /** From here on bytes come from a neighbour: if the whole is wrong, they go first. */
  void mix() {
    if (own != NOT_MIXED) return;
    own = written;
    ownHash = copy(running);
  }

  /** Bytes that are still to come. */
  long missing() {
    return size - written;
  }

  /**
   * Fetches for about {@code budget}, or until the valve closes.
   *
   * @return whether the part is whole, durable and has the right hash
   * @throws Refusal HASH when the whole is not what was asked for, and what is wrong of it is gone;
   *     TRUNCATED, SLOW, UNREACHABLE, … when it should be tried again, and the part is kept
   */
  boolean pump(BlobSource source, Name repository, Duration budget, Valve valve)
      throws InterruptedException {
    long until = speed.nanos.getAsLong() + budget.toNanos();
    while (written < size) {
      long room = valve.room();
      if (room <= 0) return false;
      valve.took(next(source, repository, budget, room));
      long now = speed.nanos.getAsLong();
      if (now >= periodEnd) {
        requireSpeed(inPeriod, valve);
        beginPeriod(now);
      }
      if (written < size && now >= until) return false;
    }
    return finish();
  }

  private void beginPeriod(long now) {
    periodEnd = now + speed.period.toNanos();
    inPeriod = 0;
  }

  private int next(BlobSource source, Name repository, Duration patience, long room)
      throws InterruptedException {
    BlobSource.Stream from = stream;
    if (from == null) from = open(source, repository);
    byte[] into = room < BUFFER ? new byte[(int) room] : buffer;
    int n = from.read(into, patience);
    if (n < 0) {
      throw Refusal.of(Code.TRUNCATED, "a download ended early")
          .at(digest.toString())
          .expected(size + " bytes")
          .got(written);
    }
    received += n;
    inPeriod += n;
    int skipped = (int) Math.min(n, toSkip);
    toSkip -= skipped;
    // What comes past the size that was signed is not even looked at.
    int useful = (int) Math.min(n - skipped, size - written);
    keep(into, skipped, useful);
    return n;
  }

  private BlobSource.Stream open(BlobSource source, Name repository) throws InterruptedException {
    BlobSource.Stream opened = source.open(repository, digest, written);
    if (opened.start() > written) {
      opened.close();
      throw Refusal.of(Code.TRUNCATED, "a source answered another range than asked")
          .at(digest.toString())
          .expected("from " + written)
          .got("from " + opened.start());
    }
    // A source that ignores Range sends all of it again; the checkpoint still stands.
    toSkip = written - opened.start();
    stream = opened;
    beginPeriod(speed.nanos.getAsLong());
    if (opened.start() > counted) {
      resumed += opened.start() - counted;
      counted = opened.start();
    }
    return opened;
  }

  private void keep(byte[] from, int offset, int length) {
    if (length <= 0) return;
    out.write(from, offset, length);
    running.update(from, offset, length);
    written += length;
    if (written - marked >= step(size) && written < size) checkpoint();
  }

  /** How many bytes of a file of this size a crash may cost. */
  static long step(long size) {
    return Math.clamp(size / 100, MIN_CHECKPOINT.bytes(), MAX_CHECKPOINT.bytes());
  }

  private void checkpoint() {
    out.force();
    meta.write(new Mark(size, written, Digest.finish(copy(running)), counted, own));
    marked = written;
  }

  private void requireSpeed(long bytes, Valve valve) {
    // Half of what a limit lets through: the rest is the grain of reads and pauses.
    if (bytes >= Math.min(speed.bytes.bytes(), valve.within(speed.period) / 2)) return;
    throw Refusal.of(Code.SLOW, "a download is too slow")
        .at(digest.toString())
        .expected(speed.bytes + " in " + speed.period.toSeconds() + " s")
        .got(bytes + " B");
  }

  private boolean finish() {
    out.force();
    Digest found = Digest.finish(copy(running));
    if (found.equals(digest)) return true;
    if (own > 0 && own < written) rewind();
    else discard();
    throw Refusal.of(Code.HASH, "what was downloaded is not what was asked for")
        .expected(digest)
        .got(found);
  }

  // The neighbour's bytes are wrong, or ours are: the dearer ones get the benefit of the doubt,
  // once.
  private void rewind() {
    disconnect();
    out.truncate(own);
    running = copy(ownHash);
    written = own;
    counted = Math.min(counted, own);
    own = NOT_MIXED;
    checkpoint();
  }

  /** Nothing of it is left. */
  void discard() {
    close();
    Durable.remove(disk, metaFile);
    Durable.remove(disk, part);
  }

  /** Hands the whole part over; afterwards nothing of the download is left. */
  void adopt(Blobs blobs) {
    close();
    blobs.adopt(part, digest);
    Durable.remove(disk, metaFile);
  }

  /** Gives up the connection; the next {@link #pump} makes a new one. */
  void disconnect() {
    BlobSource.Stream open = stream;
    stream = null;
    if (open != null) open.close();
  }

  /** Another way is tried: what came stays for later, and where nothing came nothing stays. */
  void leave() {
    if (written > 0) close();
    else discard();
  }

  @Override
  public void close() {
    disconnect();
    out.close();
  }

  private static MessageDigest copy(MessageDigest running) {
    try {
      return (MessageDigest) running.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's SHA-256 can be cloned", e);
    }
  }
}

package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.disk.RandomFile;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.delta.BadPatch;
import dev.hatchery.delta.Checkpoint;
import dev.hatchery.delta.Decoder;
import dev.hatchery.delta.Source;
import dev.hatchery.delta.Target;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.DeltaOffer;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a file from a patch that is here, a few frames at a time: {@code dl/<hex>.<slot>.made} and
 * its {@code .meta}.
 *
 * <p>As with a {@link Download}: the data is synced and <em>then</em> the meta file says how far it
 * came; what was written after that is written again. The patch says what it makes and of what, and
 * is held to both; what it says of itself is only a hint.
 *
 * <p>Not thread-safe.
 */
final class Applying implements AutoCloseable {
  /** More pieces than this are not worth writing down: the patch is then applied from its start. */
  private static final int MAX_PIECES = 4096;

  private final Disk disk;
  private final FileEntry wanted;
  private final DeltaOffer offer;
  private final Path made;
  private final Path metaFile;
  private final StateFile<Mark> meta;
  private final LongSupplier nanos;
  private final List<OnDisk> open;
  private final OnDisk target;
  private @Nullable Decoder decoder;
  private final OnDisk patch;
  private final Source base;
  private long marked;

  /** How far a patch was applied. */
  private record Mark(Digest patch, Checkpoint checkpoint) {
    static final Codec<Mark> CODEC =
        new Codec<>(
            m ->
                Tree.object()
                    .put("patch", m.patch)
                    .put("frame", m.checkpoint.frame())
                    .put("at", m.checkpoint.at())
                    .list("written", m.checkpoint.written(), true, Tree::integer)
                    .done(),
            node ->
                Fields.read(
                    node,
                    f ->
                        new Mark(
                            f.parsed("patch", Digest::parse),
                            new Checkpoint(
                                f.get("frame", Fields::smallInteger),
                                f.integer("at"),
                                f.list("written", Fields::integer)))));
  }

  /** A file of ours as the decoder wants it. */
  private static final class OnDisk implements Target, AutoCloseable {
    private final RandomFile file;
    long written;

    OnDisk(RandomFile file) {
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void read(long at, byte[] into, int from, int length) throws IOException {
      requireGoingOn();
      file.read(at, into, from, length);
    }

    @Override
    public void write(long at, byte[] from, int offset, int length) throws IOException {
      requireGoingOn();
      file.write(at, from, offset, length);
      written += length;
    }

    // An interrupt that reaches the channel closes it, which would look like broken storage.
    private static void requireGoingOn() throws InterruptedIOException {
      if (Thread.currentThread().isInterrupted()) throw new InterruptedIOException();
    }

    @Override
    public void close() {
      file.close();
    }
  }

  Applying(
      Disk disk, Layout layout, Name slot, FileEntry wanted, DeltaOffer offer, LongSupplier nanos) {
    this.disk = disk;
    this.wanted = wanted;
    this.offer = offer;
    this.nanos = nanos;
    this.made = layout.downloads().resolve(wanted.sha256().hex() + "." + slot + ".made");
    this.metaFile = made.resolveSibling(made.getFileName() + ".meta");
    this.meta = new StateFile<>(disk, metaFile, Mark.CODEC);
    this.patch = new OnDisk(disk.view(layout.blob(offer.patch())));
    Optional<OnDisk> held = offer.base().map(b -> new OnDisk(disk.view(layout.blob(b))));
    this.base = held.isPresent() ? held.get() : Source.EMPTY;
    this.target = new OnDisk(disk.edit(made(disk, made, checkpoint().isPresent())));
    this.open = held.map(b -> List.of(patch, b, target)).orElseGet(() -> List.of(patch, target));
  }

  private Optional<Checkpoint> checkpoint() {
    if (disk.kind(made) != Disk.Kind.FILE) return Optional.empty();
    return meta.read().value().filter(m -> m.patch.equals(offer.patch())).map(Mark::checkpoint);
  }

  private static Path made(Disk disk, Path made, boolean goesOn) {
    if (goesOn) return made;
    Durable.remove(disk, made);
    disk.create(made).close();
    return made;
  }

  /**
   * Applies frames for about {@code budget}; one frame at least.
   *
   * @return whether the file is whole, durable and has the right hash
   * @throws Refusal DELTA when the patch is of no use
   */
  boolean step(Duration budget) throws InterruptedException {
    try {
      return apply(budget);
    } catch (BadPatch bad) {
      throw useless(bad.reason() + ": " + bad.getMessage(), bad);
    } catch (InterruptedIOException e) {
      throw new InterruptedException();
    } catch (Refusal ours) {
      throw ours;
    } catch (IOException | RuntimeException e) {
      // A patch is a stranger's. Whatever it does to the decoder, the device goes on without it.
      throw useless(String.valueOf(e), e);
    }
  }

  private boolean apply(Duration budget) throws BadPatch, IOException {
    long until = nanos.getAsLong() + budget.toNanos();
    Decoder going = decoder;
    if (going == null) {
      going = begin();
      decoder = going;
    }
    do {
      if (!going.next()) {
        target.file.force();
        going.requireResult();
        return true;
      }
      if (target.written - marked >= Download.step(wanted.size())) mark(going.checkpoint());
    } while (nanos.getAsLong() - until < 0);
    return false;
  }

  private Decoder begin() throws BadPatch, IOException {
    Decoder begun = new Decoder(base, patch, target, checkpoint().orElse(Checkpoint.START));
    begun.header().requireMakes(wanted.size(), wanted.sha256().bytes());
    begun.requireBase();
    return begun;
  }

  private void mark(Checkpoint checkpoint) {
    marked = target.written;
    if (checkpoint.written().size() > MAX_PIECES) return;
    target.file.force();
    meta.write(new Mark(offer.patch(), checkpoint));
  }

  private Refusal useless(String why, Throwable cause) {
    return Refusal.of(Code.DELTA, "a patch cannot be applied")
        .at(wanted.path())
        .got(why)
        .cause(cause);
  }

  /** Hands the whole file over. */
  void adopt(Blobs blobs) {
    close();
    blobs.adopt(made, wanted.sha256());
    Durable.remove(disk, metaFile);
  }

  /** Nothing of it is left. */
  void discard() {
    close();
    Durable.remove(disk, metaFile);
    Durable.remove(disk, made);
  }

  @Override
  public void close() {
    open.forEach(OnDisk::close);
  }
}

package dev.hatchery.delta.make;

import dev.hatchery.delta.Header;
import dev.hatchery.delta.make.FrameBuilder.Planned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes patches. Three are tried, and the smallest is kept: one that knows the tensors of both
 * files, one that takes them as plain bytes, and the new file as it is, so that a patch is never
 * more than {@link #MOST_OVERHEAD} bytes larger than that.
 */
public final class DeltaMaker {
  /** What a patch that finds nothing costs more than the file itself. */
  public static final int MOST_OVERHEAD = 256;

  /** Parts this small are cheaper among the bytes around them. */
  private static final int TINY = 64;

  /** A patch below this share of the file is not tried to be beaten by knowing less. */
  private static final double GOOD = 0.1;

  private final Mapped old;
  private final Mapped now;

  private DeltaMaker(Mapped old, Mapped now) {
    this.old = old;
    this.now = now;
  }

  /** What was made. */
  public record Made(long newBytes, long patchBytes) {}

  /**
   * Makes the smallest patch that is found; it has its name when it is whole.
   *
   * @param oldFile the base; null for the empty base, whose patch is a compressed file
   */
  public static Made make(@Nullable Path oldFile, Path newFile, Path patch) throws IOException {
    try (Mapped old = oldFile == null ? Mapped.empty() : Mapped.open(oldFile);
        Mapped now = Mapped.open(newFile)) {
      Layout before = oldFile == null ? Layout.NONE : Layout.of(old, oldFile);
      return new DeltaMaker(old, now).make(before, Layout.of(now, newFile), patch);
    }
  }

  private Made make(Layout before, Layout after, Path patch) throws IOException {
    Path whole = patch.toAbsolutePath();
    List<Path> drafts = new ArrayList<>();
    try {
      Path best = draft(whole, drafts);
      long least = write(best, before, after);
      if (!after.parts().isEmpty() && least > GOOD * now.size()) {
        Path plain = draft(whole, drafts);
        long size = write(plain, Layout.NONE, Layout.NONE);
        if (size < least) {
          least = size;
          best = plain;
        }
      }
      if (least > now.size()) {
        Path stored = draft(whole, drafts);
        long size = store(stored);
        if (size < least) {
          least = size;
          best = stored;
        }
      }
      Files.move(best, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new Made(now.size(), least);
    } finally {
      for (Path draft : drafts) Files.deleteIfExists(draft);
    }
  }

  private static Path draft(Path whole, List<Path> drafts) {
    Path draft = whole.resolveSibling("." + whole.getFileName() + "." + drafts.size() + ".draft");
    drafts.add(draft);
    return draft;
  }

  private Header header(long frames) {
    return new Header(old.size(), sha256(old), now.size(), sha256(now), (int) frames);
  }

  private static byte[] sha256(Mapped file) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      long step = 1 << 26;
      for (long at = 0; at < file.size(); at += step) {
        long length = Math.min(step, file.size() - at);
        sha.update(file.segment().asSlice(at, length).asByteBuffer());
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private long store(Path draft) throws IOException {
    try (PatchWriter writer = new PatchWriter(draft, old, now)) {
      writer.stored(now);
      return writer.finish(this::header);
    }
  }

  private long write(Path draft, Layout before, Layout after) throws IOException {
    try (PatchWriter writer = new PatchWriter(draft, old, now)) {
      new Plan(writer, before, after).run();
      return writer.finish(this::header);
    }
  }

  /** One way through the new file. */
  private final class Plan {
    private final PatchWriter writer;
    private final Layout after;
    private final Pairing pairing;
    private final Products products;
    private final TensorPlanner tensors;
    private final Gaps gaps;
    private final Set<Part> done = new HashSet<>();

    Plan(PatchWriter writer, Layout before, Layout after) {
      this.writer = writer;
      this.after = after;
      this.pairing = Pairing.of(old, before, now, after);
      this.products = Products.of(now, after);
      this.tensors = new TensorPlanner(old, now, after);
      this.gaps = new Gaps(old, now);
    }

    // First what others are computed from, then everything else as it lies in the file.
    void run() throws IOException {
      for (Part part : after.all()) {
        if (isAskedFor(part) && products.op(part).isEmpty()) emit(part);
      }
      for (Part part : after.all()) {
        Optional<Planned> product = products.op(part);
        if (product.isPresent() && !unchanged(part)) {
          writer.add(product.get(), 0);
          done.add(part);
        } else if (isAskedFor(part)) {
          emit(part);
        }
      }
      inOrder();
    }

    private boolean isAskedFor(Part part) {
      return products.isSource(part) || after.isScaleOfAnother(part);
    }

    private boolean unchanged(Part part) {
      Optional<Part> pair = pairing.of(part);
      return pair.isPresent() && now.same(part.at(), old, pair.get().at(), part.length());
    }

    private void emit(Part part) throws IOException {
      if (!done.add(part)) return;
      Optional<Part> pair = pairing.of(part);
      if (unchanged(part)) {
        writer.add(Gaps.copy(part.at(), pair.get().at(), part.length()), 0);
        return;
      }
      for (Planned op : tensors.plan(part, pair).ops()) writer.add(op, 0);
    }

    private void inOrder() throws IOException {
      long at = 0;
      long expected = 0;
      for (Part part : after.all()) {
        boolean early = done.contains(part);
        Optional<Part> pair = pairing.of(part);
        if (!early && (unchanged(part) || part.length() < TINY)) continue;
        gap(at, part.at(), expected, pair.map(Part::at).orElse(expected + part.at() - at));
        if (!early) emit(part);
        at = part.end();
        expected = pair.map(Part::end).orElse(expected + part.end() - at);
      }
      gap(at, now.size(), expected, old.size());
    }

    private void gap(long at, long until, long begin, long end) throws IOException {
      if (at == until) return;
      for (Gaps.Placed op : gaps.plan(at, until, begin, end)) {
        writer.add(op.planned(), op.expected());
      }
    }
  }
}

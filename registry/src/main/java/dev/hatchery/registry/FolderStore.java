package dev.hatchery.registry;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.ImageManifest;
import dev.hatchery.client.oci.OciDocument;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.registry.IndexFile.Entry;
import dev.hatchery.registry.IndexFile.Place;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A content store in a folder that is an OCI image layout (image-spec 1.1, image-layout.md): {@code
 * oci-layout}, {@code index.json}, {@code blobs/sha256/<hex>}. What the layout has no place for is
 * below {@code hatchery/}: the lock, growing uploads, and which repository holds which blob.
 *
 * <p>One process has it open at a time; other tools may read it meanwhile. Everything a call
 * answers for is on the disk when it returns, and a crash leaves at most files that nobody sees,
 * which the next start removes.
 */
public final class FolderStore implements ContentStore {
  private static final Logger LOG = System.getLogger(FolderStore.class.getName());
  private static final DataSize LAYOUT_MAX = DataSize.kib(4);
  private static final String LAYOUT_VERSION = "1.0.0";

  private final Path index;
  private final RegistryLimits limits;
  private final FileChannel lock;
  private final BlobFolder blobs;
  private final Holdings holdings;
  // One writer of index.json at a time, file and snapshot in step. It is held around the write on
  // purpose: readers never take it, they read the snapshot.
  private final ReentrantLock publishing = new ReentrantLock();
  private volatile Catalog catalog = new Catalog(Map.of(), List.of());

  /**
   * Opens the registry in a folder, and makes it when the folder has none. Refuses CONFLICT when
   * another process has it open, BAD_INPUT when the folder is not an image layout we can read.
   */
  public static FolderStore open(Path folder, RegistryLimits limits) {
    FileChannel lock = null;
    try {
      Disk.createFolders(folder.resolve("hatchery"));
      lock = lock(folder.resolve("hatchery/lock"));
      FolderStore store = new FolderStore(folder, limits, lock);
      store.load(folder);
      return store;
    } catch (IOException e) {
      unlock(lock);
      throw Disk.refusal(e, folder);
    } catch (RuntimeException e) {
      unlock(lock);
      throw e;
    }
  }

  private FolderStore(Path folder, RegistryLimits limits, FileChannel lock) throws IOException {
    Path uploads = folder.resolve("hatchery/uploads");
    Path sha256 = folder.resolve("blobs/sha256");
    Path holds = folder.resolve("hatchery/holds");
    for (Path each : List.of(uploads, sha256, holds)) Disk.createFolders(each);
    this.index = folder.resolve("index.json");
    this.limits = limits;
    this.lock = lock;
    this.blobs = new BlobFolder(sha256, uploads);
    this.holdings = new Holdings(holds);
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      held = null;
    }
    if (held != null) return channel;
    channel.close();
    throw Refusal.of(Code.CONFLICT, "another process has this registry open")
        .at(file.toString())
        .fix("stop it, or give this one a folder of its own");
  }

  private static void unlock(@Nullable FileChannel lock) {
    try {
      if (lock != null) lock.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the registry's lock was not released", e);
    }
  }

  private void load(Path folder) throws IOException {
    blobs.clean();
    Path layout = folder.resolve("oci-layout");
    if (Files.exists(layout)) {
      checkLayout(layout);
    } else {
      Node version = Tree.object().put("imageLayoutVersion", LAYOUT_VERSION).done();
      Disk.replace(layout, blobs.temporary(), Json.write(version));
    }
    if (Files.exists(index)) {
      catalog = loadCatalog();
    } else {
      Disk.replace(index, blobs.temporary(), IndexFile.write(catalog));
    }
  }

  private static void checkLayout(Path layout) throws IOException {
    byte[] bytes = small(layout, LAYOUT_MAX);
    String version =
        Fields.readOpen(
            Json.parse(bytes, LAYOUT_MAX, layout.toString()), f -> f.text("imageLayoutVersion"));
    if (!version.equals(LAYOUT_VERSION)) {
      throw Refusal.of(Code.BAD_INPUT, "this image layout is of another version")
          .at(layout.toString())
          .expected(LAYOUT_VERSION)
          .got(version);
    }
  }

  private Catalog loadCatalog() throws IOException {
    Map<Name, Repository> repositories = new TreeMap<>();
    List<Node> foreign = new ArrayList<>();
    for (Entry entry : IndexFile.read(small(index, IndexFile.MAX_SIZE), index.toString())) {
      Optional<Repository> known =
          entry
              .place()
              .flatMap(p -> adopt(p, repositories.getOrDefault(p.repo(), Repository.EMPTY)));
      if (known.isPresent()) {
        repositories.put(entry.place().orElseThrow().repo(), known.get());
      } else {
        foreign.add(entry.node());
      }
    }
    return new Catalog(repositories, foreign);
  }

  // An entry whose manifest is gone or spoilt is kept in the file for whoever repairs it, and not
  // served. A layout that another tool wrote has no holdings yet; they follow from its manifests.
  private Optional<Repository> adopt(Place place, Repository before) {
    try {
      Descriptor manifest = place.manifest();
      byte[] bytes = read(manifest.digest(), limits.manifest());
      // The bytes of an OCI manifest need not say their own type; the index always does.
      OciDocument document =
          OciDocument.parse(bytes, Optional.of(manifest.mediaType()), manifest.digest().toString());
      CatalogEntry entry = CatalogEntry.of(document, bytes);
      if (document instanceof ImageManifest image) {
        holdings.give(place.repo(), image.config().digest());
        image.layers().forEach(layer -> holdings.give(place.repo(), layer.digest()));
      }
      Repository after = before.with(entry);
      return Optional.of(
          place.tag().isPresent()
              ? after.with(place.tag().get(), entry.digest(), limits.tags())
              : after);
    } catch (Refusal e) {
      LOG.log(Level.WARNING, "an entry of index.json is not served: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  private static byte[] small(Path file, DataSize max) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) max.bytes() + 1);
      if (bytes.length <= max.bytes()) return bytes;
    }
    throw Refusal.of(Code.TOO_LARGE, "a file of the registry is too large")
        .at(file.toString())
        .expected("at most " + max);
  }

  @Override
  public Optional<Blob> blob(Digest digest) {
    return blobs.blob(digest);
  }

  @Override
  public Incoming receive() {
    return blobs.receive(limits.blob());
  }

  @Override
  public boolean holds(Name repo, Digest blob) {
    return holdings.holds(repo, blob) && exists(blob);
  }

  @Override
  public void give(Name repo, Digest blob) {
    holdings.give(repo, blob);
  }

  @Override
  public Catalog catalog() {
    return catalog;
  }

  @Override
  public void publish(Name repo, Optional<String> tag, CatalogEntry entry) {
    publishing.lock();
    try {
      Catalog before = catalog;
      Catalog after = before.with(repo, tag, entry, limits);
      if (after.equals(before)) return;
      Disk.replace(index, blobs.temporary(), IndexFile.write(after));
      catalog = after;
    } catch (IOException e) {
      throw Disk.refusal(e, index);
    } finally {
      publishing.unlock();
    }
  }

  /** Lets another process open the folder. */
  @Override
  public void close() {
    unlock(lock);
  }
}

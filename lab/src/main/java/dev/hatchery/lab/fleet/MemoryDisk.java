package dev.hatchery.lab.fleet;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.DiskFile;
import dev.hatchery.agent.disk.RandomFile;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A device's storage in memory, by the rules of the durability reference (sections 1 to 3): what a
 * file holds is durable once it was forced, what a folder lists once it was synced. When the power
 * fails, names that were not synced are there up to some point in the order in which they were
 * made, and content that was not forced is there in part or not at all.
 *
 * <p>The power can be made to fail just before the n-th effect from now. Not thread-safe.
 */
final class MemoryDisk implements Disk {
  private static final long SIZE = DataSize.mib(16 * 1024).bytes();
  private static final int NEVER = -1;

  private final Folder root = new Folder();
  private final List<Change> pending = new ArrayList<>();
  // Splitting a path costs more than finding it.
  private final Map<Path, String[]> names = new HashMap<>();
  private int untilPowerCut = NEVER;

  /** The power has failed; nothing more happens on this device. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1;

    PowerCut() {
      super("the power has failed", null, false, false);
    }
  }

  private sealed interface Node permits Folder, Content, Link {}

  private static final class Folder implements Node {
    final TreeMap<String, Node> now = new TreeMap<>();
    final TreeMap<String, Node> safe = new TreeMap<>();
  }

  private static final class Content implements Node {
    byte[] now = new byte[0];
    int size;
    // Shares its array with `now` as long as nothing but appends happened since: a copy of all at
    // each fsync would make a journal cost its length squared.
    byte[] safe = new byte[0];
    int safeSize;
    boolean forced = true;

    byte[] bytes() {
      return Arrays.copyOf(now, size);
    }

    void force() {
      safe = now;
      safeSize = size;
      forced = true;
    }
  }

  private record Link(String target) implements Node {}

  /** One name that came, went, or moved. A move is in both folders or in neither. */
  private record Change(
      @Nullable Folder from, String old, @Nullable Folder to, String name, Node node) {
    void makeSafe() {
      if (from != null) from.safe.remove(old);
      if (to != null) to.safe.put(name, node);
    }

    boolean in(Folder folder) {
      return from == folder || to == folder;
    }
  }

  // ---- the power

  /** Lets the power fail before the n-th effect from now, 0 being the next. */
  void cutPowerAfter(int effects) {
    untilPowerCut = effects;
  }

  /** The device is without power: what was not durable is gone, or some of it is. */
  void loseVolatile(RandomGenerator chance) {
    untilPowerCut = NEVER;
    int kept = chance.nextInt(pending.size() + 1);
    for (Change change : pending.subList(0, kept)) change.makeSafe();
    pending.clear();
    fallBack(root, chance, new HashSet<>());
  }

  private static void fallBack(Folder folder, RandomGenerator chance, Set<Content> done) {
    folder.now.clear();
    folder.now.putAll(folder.safe);
    for (Node node : folder.now.values()) {
      switch (node) {
        case Folder inner -> fallBack(inner, chance, done);
        case Content content -> {
          if (done.add(content)) fallBack(content, chance);
        }
        case Link _ -> {}
      }
    }
  }

  private static void fallBack(Content content, RandomGenerator chance) {
    if (content.forced) return;
    int whole = Math.min(content.safeSize, content.size);
    if (chance.nextBoolean()) {
      content.now = Arrays.copyOf(content.safe, content.safeSize);
    } else {
      content.now = Arrays.copyOf(content.now, chance.nextInt(whole, content.size + 1));
    }
    content.size = content.now.length;
    content.force();
  }

  /** The agent alone has ended: the kernel still holds all. */
  void keepVolatile() {
    untilPowerCut = NEVER;
  }

  /** Whether a file would survive a power cut as it is. */
  boolean durable(Path file) {
    Node node = find(file);
    return node instanceof Content content && content.forced && content.equals(safe(file));
  }

  private @Nullable Node safe(Path path) {
    Node at = root;
    for (String name : split(path)) {
      if (!(at instanceof Folder folder)) return null;
      at = folder.safe.get(name);
      if (at == null) return null;
    }
    return at;
  }

  private void effect() {
    if (untilPowerCut == NEVER) return;
    if (untilPowerCut-- == 0) throw new PowerCut();
  }

  // ---- finding

  private String[] split(Path path) {
    return names.computeIfAbsent(path, MemoryDisk::parts);
  }

  private static String[] parts(Path path) {
    String[] parts = new String[path.getNameCount()];
    for (int i = 0; i < parts.length; i++) parts[i] = path.getName(i).toString();
    return parts;
  }

  private @Nullable Node find(Path path) {
    Node at = root;
    for (String name : split(path)) {
      if (!(at instanceof Folder folder)) return null;
      at = folder.now.get(name);
      if (at == null) return null;
    }
    return at;
  }

  private Folder parent(Path path) {
    String[] parts = split(path);
    Node at = root;
    for (int i = 0; i < parts.length - 1; i++) {
      at = at instanceof Folder folder ? folder.now.get(parts[i]) : null;
    }
    if (at instanceof Folder folder) return folder;
    throw failed(path, "its folder is not there");
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private Content file(Path path) {
    if (find(path) instanceof Content content) return content;
    throw failed(path, "no file");
  }

  private static Refusal failed(Path path, String what) {
    return Refusal.of(Code.STORAGE, "the storage fails").at(path.toString()).got(what);
  }

  private void put(Path path, Node node) {
    effect();
    Folder folder = parent(path);
    folder.now.put(name(path), node);
    pending.add(new Change(null, "", folder, name(path), node));
  }

  // ---- reading

  @Override
  public Kind kind(Path path) {
    return switch (find(path)) {
      case null -> Kind.ABSENT;
      case Folder _ -> Kind.FOLDER;
      case Content _ -> Kind.FILE;
      case Link _ -> Kind.LINK;
    };
  }

  @Override
  public List<String> names(Path folder) {
    return find(folder) instanceof Folder found ? List.copyOf(found.now.keySet()) : List.of();
  }

  @Override
  public byte[] read(Path file, DataSize max) {
    Content content = file(file);
    if (content.size > max.bytes()) {
      throw Refusal.of(Code.TOO_LARGE, "a file is too large").at(file.toString());
    }
    return content.bytes();
  }

  @Override
  public InputStream open(Path file) {
    return new ByteArrayInputStream(file(file).bytes());
  }

  @Override
  public long size(Path file) {
    return file(file).size;
  }

  @Override
  public String target(Path link) {
    if (find(link) instanceof Link(String target)) return target;
    throw failed(link, "no link");
  }

  @Override
  public long usableSpace(Path folder) {
    return SIZE / 2;
  }

  @Override
  public long totalSpace(Path folder) {
    return SIZE;
  }

  @Override
  public void requireExactly(Path folder, Manifest files) {
    Map<String, Content> found = new HashMap<>();
    collect(find(folder), "", found);
    for (FileEntry entry : files.files()) {
      Content content = found.remove(entry.path());
      if (content == null) {
        throw Refusal.of(Code.MISSING_FILE, "a file is missing").at(entry.path());
      }
      if (content.size != entry.size()) {
        throw Refusal.of(Code.SIZE, "a file has another size").at(entry.path());
      }
      if (!Digest.of(content.bytes()).equals(entry.sha256())) {
        throw Refusal.of(Code.HASH, "a file has other bytes").at(entry.path());
      }
    }
    if (!found.isEmpty()) {
      throw Refusal.of(Code.EXTRA_FILE, "there is a file too many").got(found.keySet());
    }
  }

  private static void collect(@Nullable Node node, String path, Map<String, Content> into) {
    switch (node) {
      case null -> {}
      case Link _ -> {}
      case Content content -> into.put(path, content);
      case Folder folder ->
          folder.now.forEach(
              (name, below) -> collect(below, path.isEmpty() ? name : path + "/" + name, into));
    }
  }

  // ---- effects

  @Override
  public void makeFolder(Path folder) {
    Node there = find(folder);
    if (there instanceof Folder) return;
    if (there != null) throw failed(folder, "something is there");
    put(folder, new Folder());
  }

  @Override
  public DiskFile create(Path file) {
    if (find(file) != null) throw failed(file, "something is there");
    Content content = new Content();
    put(file, content);
    return new Open(content);
  }

  @Override
  public DiskFile append(Path file) {
    return new Open(file(file));
  }

  @Override
  public RandomFile view(Path file) {
    throw new UnsupportedOperationException("simulated devices apply no patches");
  }

  @Override
  public RandomFile edit(Path file) {
    throw new UnsupportedOperationException("simulated devices apply no patches");
  }

  @Override
  public void hardLink(Path link, Path existing) {
    put(link, file(existing));
  }

  @Override
  public void symlink(Path link, String target) {
    if (find(link) != null) throw failed(link, "something is there");
    put(link, new Link(target));
  }

  @Override
  public void rename(Path from, Path to) {
    effect();
    Folder source = parent(from);
    Folder goal = parent(to);
    Node node = source.now.remove(name(from));
    if (node == null) throw failed(from, "nothing to rename");
    goal.now.put(name(to), node);
    pending.add(new Change(source, name(from), goal, name(to), node));
  }

  @Override
  public void delete(Path path) {
    effect();
    Folder folder = parent(path);
    Node node = folder.now.get(name(path));
    if (node == null) throw failed(path, "nothing to delete");
    if (node instanceof Folder inner && !inner.now.isEmpty()) throw failed(path, "not empty");
    folder.now.remove(name(path));
    pending.add(new Change(folder, name(path), null, "", node));
    names.remove(path);
  }

  @Override
  public void mode(Path path, Mode mode) {
    // Nobody else is on this device.
  }

  @Override
  public void sync(Path folder) {
    effect();
    if (!(find(folder) instanceof Folder found)) throw failed(folder, "no folder");
    List<Change> later = new ArrayList<>();
    for (Change change : pending) {
      if (change.in(found)) change.makeSafe();
      else later.add(change);
    }
    pending.clear();
    pending.addAll(later);
  }

  private final class Open implements DiskFile {
    private final Content content;

    Open(Content content) {
      this.content = content;
    }

    @Override
    public long size() {
      return content.size;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      effect();
      int size = content.size + length;
      if (size > content.now.length) content.now = Arrays.copyOf(content.now, size + size / 2);
      System.arraycopy(bytes, offset, content.now, content.size, length);
      content.size = size;
      content.forced = false;
    }

    @Override
    public void truncate(long size) {
      effect();
      content.size = Math.toIntExact(Math.min(size, content.size));
      content.now = content.bytes();
      content.forced = false;
    }

    @Override
    public void force() {
      effect();
      content.force();
    }

    @Override
    public void close() {}
  }
}

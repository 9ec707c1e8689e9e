package dev.hatchery.server.releases;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All releases, in the table and in memory. */
public final class ReleaseStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(16);

  private final Map<Digest, Held> byDigest = new ConcurrentHashMap<>();
  private final Map<ReleaseId, Release> byId = new ConcurrentHashMap<>();

  private record Held(Release release, Set<Digest> blobs) {}

  public ReleaseStore(Db db) {
    db.read(ReleaseStore::all).forEach(this::hold);
  }

  public Optional<Release> find(ReleaseId id) {
    return Optional.ofNullable(byId.get(id));
  }

  public Optional<Release> find(Digest digest) {
    return Optional.ofNullable(byDigest.get(digest)).map(Held::release);
  }

  /** The release that must be there, because something refers to it. */
  public Release require(Digest digest) {
    return find(digest)
        .orElseThrow(() -> new AssertionError("a release that is referred to: " + digest));
  }

  public Release require(ReleaseId id) {
    return find(id)
        .orElseThrow(
            () ->
                Refusal.of(Code.NOT_FOUND, "there is no such release")
                    .got(id)
                    .fix("push the bundle, then make it a release"));
  }

  /** Whether this blob belongs to the release. */
  public boolean holds(Digest release, Digest blob) {
    Held held = byDigest.get(release);
    return held != null && held.blobs.contains(blob);
  }

  /** Newest first. */
  public List<Release> all() {
    return byDigest.values().stream()
        .map(Held::release)
        .sorted(Comparator.comparing(Release::createdAt).thenComparing(Release::id).reversed())
        .toList();
  }

  /** Adds a release that is not there yet. */
  void add(Tx tx, Release release, Bytes manifest) {
    tx.run(
        "INSERT INTO release (name, version, digest, manifest, signatures, signed_by, created_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        release.id().name(),
        release.id().version(),
        release.digest(),
        manifest,
        text(release.signatures()),
        text(release.signedBy()),
        release.createdAt());
    tx.afterCommit(() -> hold(release));
  }

  static Optional<Release> find(Rows rows, ReleaseId id) {
    return rows.one(
        "SELECT * FROM release WHERE name = ? AND version = ?",
        ReleaseStore::release,
        id.name(),
        id.version());
  }

  private static List<Release> all(Rows rows) {
    return rows.list("SELECT * FROM release", ReleaseStore::release);
  }

  private void hold(Release release) {
    byDigest.put(release.digest(), new Held(release, release.blobs()));
    byId.put(release.id(), release);
  }

  private static Release release(Row row) {
    byte[] manifest = row.blob("manifest");
    return new Release(
        Digest.parse(row.text("digest")),
        Wire.MANIFEST.parse(manifest, Manifest.MAX_SIZE, "stored manifest"),
        manifest.length,
        digests(row.text("signatures")),
        digests(row.text("signed_by")),
        row.at("created_at"));
  }

  private static String text(List<Digest> digests) {
    return new String(Json.write(Tree.list(digests, Tree::text)), StandardCharsets.UTF_8);
  }

  private static List<Digest> digests(String json) {
    return Fields.list(
        Json.parse(json.getBytes(StandardCharsets.UTF_8), COLUMN_MAX, "stored digests"),
        Fields.parsing(Digest::parse));
  }
}

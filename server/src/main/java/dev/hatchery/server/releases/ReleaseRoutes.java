package dev.hatchery.server.releases;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.bundle.sign.ReleaseSignatures;
import dev.hatchery.bundle.sign.SigstoreBundle;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.registry.RegistryReader;
import dev.hatchery.registry.StoredBundle;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.trust.TrustStore;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.ReleaseView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Making releases of bundles, and listing them. */
public final class ReleaseRoutes {
  private static final DataSize REQUEST_MAX = DataSize.kib(4);

  private final ReleaseStore releases;
  private final RegistryReader registry;
  private final TrustStore trust;
  private final AuditLog audit;
  private final Mutations mutations;
  private final InstantSource clock;

  public ReleaseRoutes(
      ReleaseStore releases,
      RegistryReader registry,
      TrustStore trust,
      AuditLog audit,
      Mutations mutations,
      InstantSource clock) {
    this.releases = releases;
    this.registry = registry;
    this.trust = trust;
    this.audit = audit;
    this.mutations = mutations;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        mutations.route(Method.POST, "/api/v1/releases", REQUEST_MAX, this::create),
        Route.get("/api/v1/releases", Access.OPERATOR, _ -> list()));
  }

  private Answer list() {
    var views = releases.all().stream().map(ReleaseRoutes::view).toList();
    return Answer.json(Api.RELEASES, Page.all(views));
  }

  private Change create(Exchange exchange) {
    ReleaseId id =
        Api.RELEASE_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body").release();
    StoredBundle bundle = registry.bundle(id);
    Trust trusted = trust.require();
    Release release = check(bundle, trusted);
    return tx -> {
      Optional<Release> known = ReleaseStore.find(tx, id);
      if (known.isPresent()) return Answer.json(Api.RELEASE, view(same(known.get(), release)));
      add(tx, release, bundle, exchange.caller().name());
      return Answer.json(Api.RELEASE, view(release));
    };
  }

  private Release check(StoredBundle bundle, Trust trusted) {
    byte[] manifest = bundle.manifestBytes().toArray();
    Map<Digest, byte[]> signatures = new TreeMap<>();
    for (Digest signature : bundle.signatures()) {
      Name repo = bundle.manifest().release().name();
      signatures.put(signature, registry.signature(repo, signature).toArray());
    }
    Set<Digest> signers =
        ReleaseSignatures.verify(manifest, List.copyOf(signatures.values()), trusted);
    trust.policy().ifPresent(p -> Policies.requireAllowed(p, bundle.manifest(), bundle.digest()));
    signatures.values().removeIf(signature -> !counts(signature, manifest, trusted));
    return new Release(
        bundle.digest(),
        bundle.manifest(),
        manifest.length,
        // An order carries a few only; there are never fewer than the threshold needs.
        signatures.keySet().stream().limit(Envelope.MAX_SIGNATURES).toList(),
        List.copyOf(signers),
        Instant.ofEpochMilli(clock.millis()));
  }

  // Anyone who may push may add a signature; devices are sent those that help.
  private static boolean counts(byte[] signature, byte[] manifest, Trust trusted) {
    try {
      var bundle = SigstoreBundle.read(signature, "signature");
      return trusted.keysOf(Role.RELEASE).stream().anyMatch(k -> bundle.isSignedBy(k, manifest));
    } catch (Refusal malformed) {
      return false;
    }
  }

  private static Release same(Release known, Release wanted) {
    if (known.digest().equals(wanted.digest())) return known;
    throw Refusal.of(Code.IMMUTABLE, "this release is another bundle already")
        .at(known.id().toString())
        .expected(known.digest())
        .got(wanted.digest())
        .fix("give the new bundle a version of its own");
  }

  private void add(Tx tx, Release release, StoredBundle bundle, String actor) {
    releases.add(tx, release, bundle.manifestBytes());
    audit.append(tx, actor, "release.create", release.id(), release.digest().toString());
  }

  private static ReleaseView view(Release release) {
    return new ReleaseView(
        release.id(),
        release.digest(),
        release.manifest().releaseCounter(),
        release.manifest().totalSize(),
        release.signedBy(),
        release.createdAt());
  }
}

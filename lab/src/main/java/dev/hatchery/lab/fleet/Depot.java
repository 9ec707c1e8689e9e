package dev.hatchery.lab.fleet;

import dev.hatchery.bundle.Bundle;
import dev.hatchery.bundle.BundleSpec;
import dev.hatchery.bundle.ModelCard;
import dev.hatchery.bundle.Packer;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.bundle.sign.TrustChain;
import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.client.oci.BundlePush;
import dev.hatchery.client.oci.OciClient;
import dev.hatchery.client.oci.Patience;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Role;
import dev.hatchery.core.Secret;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import dev.hatchery.registry.FolderStore;
import dev.hatchery.server.Options;
import dev.hatchery.server.Server;
import dev.hatchery.server.StillServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What all simulations begin with: releases that were packed, signed and pushed to a real server in
 * the ordinary way, the bytes of its database after that, and keys for devices. Made once, because
 * it takes seconds.
 */
final class Depot implements AutoCloseable {
  static final int RELEASES = 12;
  private static final Instant FAR = Instant.parse("2099-01-01T00:00:00Z");

  private final Path folder;
  private final byte[] database;
  private final FolderStore registry;
  private final SigningKey director;
  private final Envelope trust;
  private final List<Release> releases;
  private final List<SigningKey> keys = new ArrayList<>();
  private final CheapSignatures cheap = new CheapSignatures();

  /** A release that waits for a rollout. */
  record Release(ReleaseId id, Digest digest) {}

  private Depot(
      Path folder,
      byte[] database,
      FolderStore registry,
      SigningKey director,
      Envelope trust,
      List<Release> releases) {
    this.folder = folder;
    this.database = database;
    this.registry = registry;
    this.director = director;
    this.trust = trust;
    this.releases = List.copyOf(releases);
  }

  static Depot open() {
    try {
      Path folder = Files.createTempDirectory("hatchery-fleet");
      return fill(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Depot fill(Path folder) throws IOException {
    Path data = folder.resolve("data");
    SigningKey root = SigningKey.generate(Algorithm.ED25519);
    SigningKey signer = SigningKey.generate(Algorithm.ECDSA_P256);
    List<Release> releases = new ArrayList<>();
    Envelope trust;
    InstantSource clock = InstantSource.fixed(Timeline.BEGIN.minus(Duration.ofDays(1)));
    try (Server server = Server.start(options(data), clock, new SecureRandom())) {
      Secret token = server.newToken().orElseThrow();
      try (var operator = new OperatorClient(server.address(), token, Optional.empty());
          var content =
              new OciClient(
                  server.address(), Optional.of(token), Optional.empty(), Patience.usual())) {
        trust = trust(operator.director().key(), root, signer);
        operator.putTrust(trust);
        for (int n = 0; n < RELEASES; n++) {
          ReleaseId id = ReleaseId.parse("detector@1." + n + ".0");
          Bundle bundle = pack(folder, id, n);
          bundle.sign(signer);
          BundlePush.push(bundle.folder(), content);
          releases.add(new Release(id, operator.createRelease(id).digest()));
        }
      }
    }
    byte[] database = Files.readAllBytes(data.resolve("hatchery.db"));
    SigningKey director = SigningKey.read(data.resolve("keys").resolve("director.pem"));
    Files.createDirectories(folder.resolve("scratch"));
    return new Depot(
        folder,
        database,
        StillServer.registry(data.resolve("registry")),
        director,
        trust,
        releases);
  }

  private static Options options(Path data) {
    return new Options(
        data,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofMinutes(15),
        Duration.ZERO,
        Duration.ofHours(24),
        false);
  }

  private static Envelope trust(TrustedKey director, SigningKey root, SigningKey signer) {
    Map<Digest, TrustedKey> keys =
        Map.of(
            root.id(), root.publicKey(),
            signer.id(), signer.publicKey(),
            director.id(), director);
    var document =
        new Trust(
            1,
            FAR,
            keys,
            Map.of(
                Role.ROOT, holder(root.id()),
                Role.RELEASE, holder(signer.id()),
                Role.POLICY, holder(root.id()),
                Role.DIRECTOR, holder(director.id())));
    return TrustChain.sign(document, List.of(root));
  }

  private static Trust.Keyholders holder(Digest key) {
    return new Trust.Keyholders(Set.of(key), 1);
  }

  private static Bundle pack(Path folder, ReleaseId id, int n) throws IOException {
    Path model = folder.resolve("model-" + n);
    Files.write(model, ("a model, " + id + " ").repeat(40).getBytes(StandardCharsets.UTF_8));
    var spec =
        new BundleSpec(
            id,
            Manifest.Kind.MODEL,
            n + 1L,
            "0123456789abcdef",
            "none",
            Map.of(),
            Compatibility.ANY,
            Optional.empty(),
            List.of(new BundleSpec.Source(Manifest.MODEL_FILE, model, FileEntry.Kind.WEIGHT)),
            ModelCard.EMPTY);
    return Packer.pack(spec, folder.resolve("bundle-" + n));
  }

  byte[] database() {
    return database.clone();
  }

  FolderStore registry() {
    return registry;
  }

  Path scratch() {
    return folder.resolve("scratch");
  }

  SigningKey director() {
    return director;
  }

  Envelope trust() {
    return trust;
  }

  CheapSignatures cheapSignatures() {
    return cheap;
  }

  List<Release> releases() {
    return releases;
  }

  /** The key of the n-th device of every simulation. */
  SigningKey key(int n) {
    while (keys.size() <= n) keys.add(SigningKey.generate(Algorithm.ECDSA_P256));
    return keys.get(n);
  }

  @Override
  public void close() {
    registry.close();
    try (var below = Files.walk(folder)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

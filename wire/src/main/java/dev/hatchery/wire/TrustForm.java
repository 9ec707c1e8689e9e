package dev.hatchery.wire;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;

/** The two documents that are signed offline. */
final class TrustForm {
  static final Codec<Trust> TRUST =
      Codec.of(
          trust ->
              Tree.object()
                  .put("schema", "hatchery.trust/v1")
                  .put("version", trust.version())
                  .put("expires", trust.expires())
                  .put("keys", Tree.map(trust.keys(), TrustForm::key))
                  .put("roles", Tree.map(words(trust.roles()), TrustForm::keyholders))
                  .done(),
          f -> {
            Schema.check(f, "hatchery.trust/v1");
            return new Trust(
                f.integer("version"),
                f.parsed("expires", Schema::instant),
                f.map("keys", Digest::parse, TrustForm::key),
                f.map("roles", Schema.word(Role.class), TrustForm::keyholders));
          });

  static final Codec<Policy> POLICY =
      Codec.of(
          policy ->
              Tree.object()
                  .put("schema", "hatchery.policy/v1")
                  .put("version", policy.version())
                  .put("issuedAt", policy.issuedAt())
                  .put("expires", policy.expires())
                  .put("minReleaseCounter", Tree.map(policy.minReleaseCounter(), Tree::integer))
                  .list("revoked", policy.revoked(), true, Tree::text)
                  .done(),
          f -> {
            Schema.check(f, "hatchery.policy/v1");
            return new Policy(
                f.integer("version"),
                f.parsed("issuedAt", Schema::instant),
                f.parsed("expires", Schema::instant),
                f.map("minReleaseCounter", Name::new, Fields::integer),
                new HashSet<>(f.list("revoked", Fields.parsing(Digest::parse))));
          });

  private TrustForm() {}

  private static Map<String, Trust.Keyholders> words(Map<Role, Trust.Keyholders> roles) {
    Map<String, Trust.Keyholders> words = new TreeMap<>();
    roles.forEach((role, holders) -> words.put(Fields.word(role), holders));
    return words;
  }

  private static Node key(TrustedKey key) {
    return Tree.object()
        .put("algorithm", Fields.word(key.algorithm()))
        .put("spki", key.spki().base64())
        .done();
  }

  private static TrustedKey key(Node node) {
    return Fields.read(
        node,
        f ->
            new TrustedKey(
                f.get("algorithm", Fields.constant(TrustedKey.Algorithm.class)),
                f.parsed("spki", Bytes::base64)));
  }

  private static Node keyholders(Trust.Keyholders holders) {
    return Tree.object()
        .list("keyIds", holders.keyIds(), true, Tree::text)
        .put("threshold", holders.threshold())
        .done();
  }

  private static Trust.Keyholders keyholders(Node node) {
    return Fields.read(
        node,
        f ->
            new Trust.Keyholders(
                new HashSet<>(f.list("keyIds", Fields.parsing(Digest::parse))),
                f.get("threshold", Fields::smallInteger)));
  }
}

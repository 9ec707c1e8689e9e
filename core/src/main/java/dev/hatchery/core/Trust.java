package dev.hatchery.core;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whom to believe: one versioned document that names the keys and how many of them each role needs.
 * Version N+1 is believed when the root roles of N and of N+1 both signed it; no version is ever
 * skipped. The version is also the keyset that every desired state names, so a new trust document
 * resets the counter on purpose.
 */
public record Trust(
    long version, Instant expires, Map<Digest, TrustedKey> keys, Map<Role, Keyholders> roles) {
  private static final int MAX_KEYS = 64;

  /** Who holds a role, and how many different ones must sign. */
  public record Keyholders(Set<Digest> keyIds, int threshold) {
    public Keyholders {
      keyIds = Collections.unmodifiableSet(new TreeSet<>(keyIds));
      if (threshold < 1 || threshold > keyIds.size()) {
        throw Refusal.of(Code.BAD_INPUT, "this threshold cannot be met")
            .expected("1 to the role's number of keys, " + keyIds.size())
            .got(threshold);
      }
    }
  }

  public Trust {
    if (version < 1) throw Refusal.of(Code.BAD_INPUT, "a trust version begins at 1").got(version);
    if (keys.size() > MAX_KEYS) {
      throw Refusal.of(Code.BAD_INPUT, "too many keys")
          .expected("at most " + MAX_KEYS)
          .got(keys.size());
    }
    keys = Collections.unmodifiableMap(new TreeMap<>(keys));
    Map<Role, Keyholders> byRole = new EnumMap<>(Role.class);
    byRole.putAll(roles);
    roles = Collections.unmodifiableMap(byRole);
    keys.forEach(
        (id, key) -> {
          if (!id.equals(key.id())) {
            throw Refusal.of(Code.BAD_INPUT, "a key's id must be the SHA-256 of its SPKI")
                .expected(key.id())
                .got(id);
          }
        });
    for (Role role : Role.values()) {
      Keyholders holders = roles.get(role);
      if (holders == null || !keys.keySet().containsAll(holders.keyIds)) {
        throw Refusal.of(Code.BAD_INPUT, "every role needs keys that the document lists").got(role);
      }
    }
  }

  public int threshold(Role role) {
    return holders(role).threshold;
  }

  /** The keys that may act in this role, in the order of their ids. */
  public List<TrustedKey> keysOf(Role role) {
    return holders(role).keyIds.stream().map(this::key).toList();
  }

  private TrustedKey key(Digest id) {
    TrustedKey key = keys.get(id);
    if (key == null) throw new AssertionError("checked in the constructor: " + id);
    return key;
  }

  private Keyholders holders(Role role) {
    Keyholders holders = roles.get(role);
    if (holders == null) throw new AssertionError("checked in the constructor: " + role);
    return holders;
  }
}

package dev.hatchery.agent.trust;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.bundle.sign.ReleaseSignatures;
import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.bundle.sign.TrustChain;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The newest trust document and policy, and a clock that signed time can only move forward. */
public final class TrustStore {
  // Every heartbeat moves the time; a card that is written every minute wears out. After a crash
  // the time is behind by at most this, which is what an attacker could win.
  private static final Duration TIME_STEP = Duration.ofMinutes(10);

  /** An answer's way and a clock that drifts; windows are given in minutes. */
  private static final Duration AGREES_WITHIN = Duration.ofMinutes(2);

  private static final Codec<Instant> TIME =
      new Codec<>(
          at -> Tree.object().put("signedMillis", at.toEpochMilli()).done(),
          node -> Fields.read(node, f -> Instant.ofEpochMilli(f.integer("signedMillis"))));

  private final StateFile<Envelope> trustFile;
  private final StateFile<Envelope> policyFile;
  private final StateFile<Instant> timeFile;
  private final InstantSource clock;
  private final Signatures signatures;

  // Writers change and persist under the lock, one after the other; readers see the newest.
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Trust trust;
  private volatile Optional<Policy> policy;
  private volatile Instant signedTime;
  private Instant persistedTime;
  private volatile boolean agrees; // written by the reporter, read by the slots

  /**
   * Opens it.
   *
   * @param first the enrolment file's trust document, believed on the operator's word
   */
  public TrustStore(Disk disk, Path folder, Envelope first, InstantSource clock) {
    this(disk, folder, first, clock, Signatures.REAL);
  }

  /** One that checks signatures in a way of its own; for a simulator. */
  public TrustStore(
      Disk disk, Path folder, Envelope first, InstantSource clock, Signatures signatures) {
    this.signatures = signatures;
    this.trustFile = new StateFile<>(disk, folder.resolve("trust.json"), Wire.ENVELOPE);
    this.policyFile = new StateFile<>(disk, folder.resolve("policy.json"), Wire.ENVELOPE);
    this.timeFile = new StateFile<>(disk, folder.resolve("time.json"), TIME);
    this.clock = clock;
    this.trust = newest(TrustChain.acceptFirst(first, signatures), trustFile.read().value());
    this.policy = policyFile.read().value().map(TrustStore::heldPolicy);
    this.signedTime = timeFile.read().value().orElse(Instant.EPOCH);
    this.persistedTime = signedTime;
  }

  private Trust newest(Trust given, Optional<Envelope> held) {
    return held.map(envelope -> TrustChain.acceptFirst(envelope, signatures))
        .filter(t -> t.version() >= given.version())
        .orElse(given);
  }

  // Verified before it was written; its keys may have been replaced since, its floor stays.
  private static Policy heldPolicy(Envelope envelope) {
    return Wire.POLICY.parse(envelope.payload().toArray(), Policies.MAX_SIZE, "policy.json");
  }

  public Trust trust() {
    return trust;
  }

  /** A Refusal unless enough release keys signed these bytes of a manifest. */
  public void requireReleased(byte[] manifest, List<byte[]> sigstoreBundles) {
    ReleaseSignatures.verify(manifest, sigstoreBundles, trust, signatures);
  }

  /** The payload, if the director signed it; else a Refusal. */
  byte[] requireDirected(Envelope envelope, String type) {
    Trust now = trust;
    return Dsse.verify(
        envelope, type, now.keysOf(Role.DIRECTOR), now.threshold(Role.DIRECTOR), signatures);
  }

  public Optional<Policy> policy() {
    return policy;
  }

  /** The time by the system's clock, or the last signed time when that is later. */
  public Instant now() {
    Instant system = clock.instant();
    return system.isAfter(signedTime) ? system : signedTime;
  }

  /**
   * Whether the system's clock was right when this process last heard a signed time; false until it
   * has. A Pi without a battery wakes up in the past until its clock is set.
   */
  public boolean clockAgrees() {
    return agrees;
  }

  /** A time that the director signed; the caller has verified that. */
  public void heard(Instant signed) {
    agrees = Duration.between(signed, clock.instant()).abs().compareTo(AGREES_WITHIN) <= 0;
    lock.lock();
    try {
      if (!signed.isAfter(signedTime)) return;
      signedTime = signed;
      if (signed.isBefore(persistedTime.plus(TIME_STEP))) return;
      timeFile.write(signed);
      persistedTime = signed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Fetches the next trust document, if there is one.
   *
   * @return false when the source has none
   * @throws Refusal when what it has cannot be believed
   */
  public boolean advance(TrustSource source) throws InterruptedException {
    Trust current = trust;
    Optional<Envelope> next = source.trust(current.version() + 1);
    if (next.isEmpty()) return false;
    Trust accepted = TrustChain.acceptNext(current, next.get());
    lock.lock();
    try {
      if (accepted.version() > trust.version()) {
        trustFile.write(next.get());
        trust = accepted;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes sure that a policy of at least this version is in force.
   *
   * @param version 0 when there is none yet
   * @throws Refusal TRUST_MISSING when the source does not have it, or why it is not believed
   */
  public void requirePolicy(long version, TrustSource source) throws InterruptedException {
    if (version <= held() && !expired()) return;
    Optional<Envelope> envelope = source.policy();
    if (envelope.isEmpty()) {
      throw Refusal.of(Code.TRUST_MISSING, "the policy is not to be had")
          .expected("version " + version)
          .got("version " + held());
    }
    Policy accepted = Policies.verify(envelope.get(), trust, now(), Math.max(version, held()));
    lock.lock();
    try {
      if (accepted.version() >= held()) {
        policyFile.write(envelope.get());
        policy = Optional.of(accepted);
      }
    } finally {
      lock.unlock();
    }
  }

  private long held() {
    return policy.map(Policy::version).orElse(0L);
  }

  private boolean expired() {
    return policy.filter(p -> !now().isBefore(p.expires())).isPresent();
  }

  /** REVOKED or BELOW_FLOOR when the newest policy forbids it. */
  public void requireAllowed(Manifest manifest, Digest digest) {
    policy.ifPresent(p -> Policies.requireAllowed(p, manifest, digest));
  }

  /** REVOKED before anything is fetched. */
  public void requireNotRevoked(Digest digest) {
    if (policy.filter(p -> p.revoked().contains(digest)).isEmpty()) return;
    throw Refusal.of(Code.REVOKED, "this bundle is revoked").at(digest.toString());
  }
}

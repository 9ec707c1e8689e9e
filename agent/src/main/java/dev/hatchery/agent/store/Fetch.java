package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.uplink.Schedule;
import dev.hatchery.agent.uplink.Uplink;
import dev.hatchery.bundle.sign.SigstoreBundle;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Fit;
import dev.hatchery.core.FitRule.UnknownFacts;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Misfit;
import dev.hatchery.core.Order;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings an order's bundle into its slot, one short step at a time, so that a newer order or the
 * end of the agent can come between any two of them. The checks are those of the security
 * reference, section 4, steps 9 to 16, with one more: the release signatures are checked on the
 * manifest <em>before</em> anything large is fetched, so that what CI did not sign costs no bytes,
 * and again on what was read back from disk.
 *
 * <p>A bundle that the slot still has is read back and verified, and nothing is fetched.
 */
public final class Fetch implements AutoCloseable {
  private static final Duration BUDGET = Duration.ofMillis(500);
  private static final Duration SMALL_MAX = Duration.ofSeconds(30);

  /** How often a source may send wrong bytes for one order. */
  private static final int MAX_HASH_FAILURES = 3;

  /** How often a source may answer without bringing anything. */
  private static final int MAX_STAGNATION = 5;

  /** The world is not as it should be; it may be tomorrow. */
  static final Set<Code> LATER =
      EnumSet.of(
          Code.UNREACHABLE, Code.SLOW, Code.RATE_LIMITED, Code.UNAUTHENTICATED, Code.TRUST_MISSING);

  /** A source that says this again and again, and brings nothing, means it. */
  private static final Set<Code> PERHAPS =
      EnumSet.of(Code.TRUNCATED, Code.NOT_FOUND, Code.FORBIDDEN);

  private final Supplies supplies;
  private final Slot slot;
  private final Order order;
  private final long policyVersion;
  private final Spent spent;
  private final PatchLog patches;
  private final Errand errand;
  private Phase phase = Phase.HERE;
  private @Nullable Manifest manifest;
  private @Nullable FileFetch file;
  private Staging.@Nullable Draft draft;
  private int hashFailures;
  private int stagnation;
  private long gained;
  private long gainedAtFailure;

  private enum Phase {
    HERE,
    POLICY,
    PAPERS,
    FILES,
    BUILD,
    PUBLISH,
    DONE
  }

  /** What a step came to. */
  public sealed interface Progress {}

  /** There is more to do after this. */
  public record Going(Duration pause) implements Progress {}

  /** Something must end first; what, in plain words. */
  public record Held(String why, Duration pause) implements Progress {}

  /** Every byte is here. */
  public record Fetched() implements Progress {}

  /** It was read back from disk and is what the release keys signed. */
  public record Verified() implements Progress {}

  /** The slot has it. */
  public record Ready(Manifest manifest) implements Progress {}

  /**
   * Begins or goes on.
   *
   * @param policyVersion what the desired state asks for
   * @param schedule when bytes may come, by what the desired state says now
   */
  public Fetch(
      Supplies supplies,
      Slot slot,
      Order order,
      long policyVersion,
      Path state,
      Supplier<Schedule> schedule) {
    this.supplies = supplies;
    this.slot = slot;
    this.order = order;
    this.policyVersion = policyVersion;
    this.spent = new Spent(supplies.store().disk(), state, slot.name(), order.commandId());
    this.patches = new PatchLog(supplies.store().disk(), state, slot.name(), order.commandId());
    boolean rollback = order.reason() == Order.Reason.ROLLBACK;
    Uplink uplink =
        new Uplink(
            supplies.sources().leases(), supplies.nanos(), order.delivery().rate(), rollback);
    this.errand =
        new Errand(
            supplies, slot, order, spent, patches, uplink, schedule, () -> missing(signed()));
    List<Digest> papers = new ArrayList<>(order.signatures());
    papers.add(order.manifest());
    supplies.store().pin(slot.name(), papers);
    pinFilesOfHeldManifest();
    patches.chosen().ifPresent(this::pin);
  }

  // Nobody but this order knows what a patch is for.
  private void pin(PatchLog.Chosen chosen) {
    if (supplies.store().blobs().has(chosen.target())) return;
    supplies.store().pin(slot.name(), List.of(chosen.offer().patch()));
    chosen.offer().base().ifPresent(b -> supplies.store().pin(slot.name(), List.of(b)));
  }

  // After a restart, before another slot throws away what this order has fetched already.
  private void pinFilesOfHeldManifest() {
    Blobs blobs = supplies.store().blobs();
    if (!blobs.has(order.manifest())) return;
    try {
      byte[] held = blobs.read(order.manifest(), Manifest.MAX_SIZE);
      Manifest told = Wire.MANIFEST.parse(held, Manifest.MAX_SIZE, "manifest");
      supplies.store().pin(slot.name(), Store.files(told));
    } catch (Refusal damaged) {
      // Fetched anew by the step that needs it.
    }
  }

  /** What this order has cost on the network. */
  public Traffic traffic() {
    return spent.traffic();
  }

  /** Why cheaper ways did not work; empty when they did, or none was tried. */
  public String note() {
    return patches.note();
  }

  /**
   * The next step.
   *
   * @throws Refusal why it cannot be done; {@link #mayRetry} says whether later perhaps
   */
  public Progress step() throws InterruptedException {
    return switch (phase) {
      case HERE -> here();
      case POLICY -> policy();
      case PAPERS -> papers();
      case FILES -> files();
      case BUILD -> build();
      case PUBLISH, DONE -> publish();
    };
  }

  private Progress here() throws InterruptedException {
    supplies.trust().requireNotRevoked(order.manifest());
    if (!slot.has(order.manifest())) return then(Phase.POLICY);
    requirePolicyForReturn();
    Disk disk = supplies.store().disk();
    Path folder = slot.version(order.manifest());
    Manifest found;
    try {
      found = Installed.verify(disk, folder, order.manifest());
    } catch (Refusal damaged) {
      // Fetched anew, into new files: what is there is not what it was.
      slot.remove(order.manifest());
      return then(Phase.POLICY);
    }
    Installed.requireSigned(disk, folder, order.manifest(), supplies.trust());
    judge(found);
    manifest = found;
    phase = Phase.DONE;
    return new Verified();
  }

  // Going back must work without a network and with an expired policy; the newest floor and the
  // newest revocations hold all the same.
  private void requirePolicyForReturn() throws InterruptedException {
    try {
      supplies.trust().requirePolicy(policyVersion, supplies.documents());
    } catch (Refusal refusal) {
      if (refusal.code() != Code.UNREACHABLE && refusal.code() != Code.EXPIRED) throw refusal;
    }
    supplies.trust().requireNotRevoked(order.manifest());
  }

  private Progress policy() throws InterruptedException {
    supplies.trust().requirePolicy(policyVersion, supplies.documents());
    supplies.trust().requireNotRevoked(order.manifest());
    return then(Phase.PAPERS);
  }

  private Progress papers() throws InterruptedException {
    Optional<Progress> hold = papersAreHere() ? Optional.empty() : hold();
    if (hold.isPresent()) return hold.get();
    byte[] bytes = small(order.manifest(), new DataSize(order.manifestSize()));
    List<byte[]> signatures = new ArrayList<>();
    for (Digest signature : order.signatures()) {
      signatures.add(small(signature, SigstoreBundle.MAX_SIZE));
    }
    supplies.trust().requireReleased(bytes, signatures);
    Manifest signed = Wire.MANIFEST.parse(bytes, Manifest.MAX_SIZE, "manifest");
    judge(signed);
    supplies.store().pin(slot.name(), Store.files(signed));
    supplies.store().admit(slot, missing(signed));
    manifest = signed;
    return then(Phase.FILES);
  }

  private boolean papersAreHere() {
    Blobs blobs = supplies.store().blobs();
    return blobs.has(order.manifest()) && order.signatures().stream().allMatch(blobs::has);
  }

  private Optional<Progress> hold() {
    return errand
        .hold()
        .map(
            hold ->
                new Held(
                    hold.why(),
                    hold.until()
                        .map(at -> Duration.between(supplies.trust().now(), at))
                        .orElse(Duration.ofMinutes(1))));
  }

  private void judge(Manifest signed) {
    if (!signed.release().equals(order.release())) {
      throw Refusal.of(Code.CONFLICT, "the order's digest is that of another release")
          .expected(order.release())
          .got(signed.release());
    }
    supplies.trust().requireAllowed(signed, order.manifest());
    if (signed.kind() == Manifest.Kind.ADAPTER) {
      throw incompatible("this agent installs no adapters", signed.kind());
    }
    Pipeline kind = supplies.kind(slot.name());
    if (signed.kind().pipeline() != kind) {
      throw incompatible("this slot takes another kind of bundle", signed.kind())
          .expected(kind)
          .fix("see kind: of slot " + slot.name() + " in agent.yaml");
    }
    requireFit(signed.compatibility().fit(supplies.facts().get()));
  }

  // What a device goes back to has run there before.
  private void requireFit(Fit fit) {
    UnknownFacts rule =
        order.reason() == Order.Reason.ROLLBACK ? UnknownFacts.WARN : order.unknownFacts();
    if (fit.passes(rule)) return;
    String why = fit.misfits().stream().map(Misfit::toString).collect(Collectors.joining("; "));
    throw incompatible(
        fit instanceof Fit.Unfit
            ? "this device cannot run the bundle"
            : "this device does not know whether it can run the bundle",
        why);
  }

  private Refusal incompatible(String title, Object got) {
    return Refusal.of(Code.INCOMPATIBLE, title).at(order.release().toString()).got(got);
  }

  private long missing(Manifest signed) {
    return signed.files().stream()
        .filter(f -> !supplies.store().blobs().has(f.sha256()))
        .mapToLong(f -> Math.max(0, f.size() - supplies.store().downloaded(slot, f.sha256())))
        .sum();
  }

  // Manifest and signatures: kept as blobs too, so that a restart does not need the network.
  private byte[] small(Digest digest, DataSize max) throws InterruptedException {
    Blobs blobs = supplies.store().blobs();
    if (blobs.has(digest)) {
      byte[] held = blobs.read(digest, max);
      if (Digest.of(held).equals(digest)) return held;
      blobs.remove(digest);
    }
    byte[] fetched = fetchSmall(digest, max);
    Digest found = Digest.of(fetched);
    if (!found.equals(digest)) {
      supplies.sources().blobs().wrong(digest);
      throw Refusal.of(Code.HASH, "what was downloaded is not what was asked for")
          .expected(digest)
          .got(found);
    }
    blobs.put(slot.name(), fetched);
    gained += fetched.length;
    return fetched;
  }

  private byte[] fetchSmall(Digest digest, DataSize max) throws InterruptedException {
    var all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    long deadline = supplies.nanos().getAsLong() + SMALL_MAX.toNanos();
    try (var stream = supplies.sources().blobs().open(order.release().name(), digest, 0)) {
      while (true) {
        int n = stream.read(buffer, BUDGET);
        if (n < 0) return all.toByteArray();
        spent.add(Traffic.Source.FULL, n, Download.step(0));
        all.write(buffer, 0, n);
        if (all.size() > max.bytes()) {
          throw Refusal.of(Code.SIZE, "a document is larger than it may be")
              .at(digest.toString())
              .expected("at most " + max);
        }
        if (supplies.nanos().getAsLong() > deadline) {
          throw Refusal.of(Code.SLOW, "a document did not come in time").at(digest.toString());
        }
      }
    }
  }

  private Progress files() throws InterruptedException {
    Manifest signed = signed();
    for (FileEntry entry : signed.files()) {
      if (supplies.store().blobs().has(entry.sha256())) continue;
      return bring(entry);
    }
    phase = Phase.BUILD;
    return new Fetched();
  }

  private Progress bring(FileEntry entry) throws InterruptedException {
    FileFetch going = file;
    if (going == null || !going.digest().equals(entry.sha256())) {
      if (going != null) going.close();
      going = new FileFetch(errand, entry);
      file = going;
    }
    long before = going.gained();
    try {
      return switch (going.step()) {
        case FileFetch.Going on -> new Going(on.pause());
        case FileFetch.Held held -> new Held(held.why(), held.pause());
        case FileFetch.Here _ -> {
          going.close();
          file = null;
          yield new Going(Duration.ZERO);
        }
      };
    } finally {
      gained += going.gained() - before;
    }
  }

  private Progress build() {
    Staging staging = new Staging(supplies.store().disk(), supplies.store().blobs());
    Staging.Draft built = staging.build(slot, order.manifest(), signed(), order.signatures());
    try {
      built.verify(supplies.trust());
    } catch (Refusal refusal) {
      if (refusal.code() == Code.HASH || refusal.code() == Code.SIZE) forgetDamaged();
      throw refusal;
    }
    draft = built;
    phase = Phase.PUBLISH;
    return new Verified();
  }

  // A blob that was here before this order may have rotted; the next try fetches it anew.
  private void forgetDamaged() {
    Blobs blobs = supplies.store().blobs();
    for (FileEntry entry : signed().files()) {
      if (blobs.has(entry.sha256())) blobs.remove(entry.sha256());
    }
    phase = Phase.PAPERS;
  }

  private Progress publish() {
    Staging.Draft built = draft;
    if (built != null) built.publish();
    draft = null;
    phase = Phase.DONE;
    return new Ready(signed());
  }

  /** Whether another try may end better than this refusal; the command fails otherwise. */
  public boolean mayRetry(Refusal refusal) {
    if (gained > gainedAtFailure) stagnation = 0;
    gainedAtFailure = gained;
    spent.save();
    if (refusal.code() == Code.HASH) return ++hashFailures < MAX_HASH_FAILURES;
    if (PERHAPS.contains(refusal.code())) return ++stagnation < MAX_STAGNATION;
    return LATER.contains(refusal.code());
  }

  private Progress then(Phase next) {
    phase = next;
    return new Going(Duration.ZERO);
  }

  private Manifest signed() {
    Manifest known = manifest;
    if (known == null) throw new AssertionError("no manifest in phase " + phase);
    return known;
  }

  @Override
  public void close() {
    if (file != null) file.close();
    file = null;
    supplies.store().unpin(slot.name());
  }
}

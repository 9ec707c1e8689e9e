package dev.hatchery.registry;

import dev.hatchery.core.Name;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The blobs being uploaded. They live in memory and end with the process; a client then begins
 * again, as the spec has it do for any session it cannot find.
 */
final class Uploads implements AutoCloseable {
  private final ContentStore store;
  private final RegistryLimits limits;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Semaphore free;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();

  /** One upload. One request at a time works on it; {@code busy} is that request's claim. */
  static final class Session {
    private final String id;
    private final Name repo;
    private final Incoming incoming;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Instant touched;

    private Session(String id, Name repo, Incoming incoming, Instant now) {
      this.id = id;
      this.repo = repo;
      this.incoming = incoming;
      this.touched = now;
    }

    String id() {
      return id;
    }

    Incoming incoming() {
      return incoming;
    }
  }

  Uploads(ContentStore store, RegistryLimits limits, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
    this.random = random;
    this.free = new Semaphore(limits.uploads());
  }

  /** Throws TOOMANYREQUESTS when as many uploads are under way as may be. */
  Session begin(Name repo) {
    forgetIdle();
    if (!free.tryAcquire()) {
      throw OciFailure.of(
              OciError.TOOMANYREQUESTS, 429, limits.uploads() + " uploads are under way")
          .with("Retry-After", 10);
    }
    boolean begun = false;
    try {
      Session session = new Session(id(), repo, store.receive(), clock.instant());
      sessions.put(session.id, session);
      begun = true;
      return session;
    } finally {
      if (!begun) free.release();
    }
  }

  // 128 random bits: a session's name is the right to write to it.
  private String id() {
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  /** Claims a session for the time of the work. Throws BLOB_UPLOAD_UNKNOWN, BLOB_UPLOAD_INVALID. */
  <T> T with(Name repo, String id, Function<Session, T> work) {
    Session session = sessions.get(id);
    if (session == null || !session.repo.equals(repo)) {
      throw OciFailure.of(OciError.BLOB_UPLOAD_UNKNOWN);
    }
    if (!session.busy.compareAndSet(false, true)) {
      throw OciFailure.of(OciError.BLOB_UPLOAD_INVALID, 409, "another request is writing to it");
    }
    try {
      return work.apply(session);
    } finally {
      session.touched = clock.instant();
      // A session that ended keeps its claim: whoever found it just before must not write to it.
      if (sessions.containsKey(id)) session.busy.set(false);
    }
  }

  /** Ends a session that the caller claimed or has just begun. */
  void end(Session session) {
    if (!sessions.remove(session.id, session)) return;
    free.release();
    session.incoming.close();
  }

  private void forgetIdle() {
    Instant limit = clock.instant().minus(limits.idleUpload());
    for (Iterator<Session> all = sessions.values().iterator(); all.hasNext(); ) {
      Session session = all.next();
      // The claim is never given back: a request that found the session just before sees it busy.
      if (session.touched.isBefore(limit) && session.busy.compareAndSet(false, true)) {
        end(session);
      }
    }
  }

  @Override
  public void close() {
    sessions.values().forEach(this::end);
  }
}

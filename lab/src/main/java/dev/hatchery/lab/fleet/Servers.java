package dev.hatchery.lab.fleet;

import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.StillServer;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Storage;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Outcome;
import dev.hatchery.server.http.Route;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server side: the storage, which outlives everything, the server that runs on it, and at times
 * a second one that does not know that it was replaced. Whatever a server holds in memory is gone
 * when it dies; it may die in the middle of a transaction, and between a commit and its answer.
 */
final class Servers implements AutoCloseable {
  static final Duration IDLE_REPORT = Duration.ofMinutes(15);
  private static final Duration LOOK = Duration.ofSeconds(20);
  private static final Duration LOOK_AT_LEAST = Duration.ofMinutes(2);
  private static final Duration HOUSEKEEPING = Duration.ofHours(1);

  private final Timeline time;
  private final Storage storage;
  private final Depot depot;
  private final Signatures signatures;
  private final UnaryOperator<Db> tampered;
  private final RandomGenerator chance;
  private final Runnable looked;
  private final Map<String, Pattern> patterns = new HashMap<>();
  private final Timeline.Alarm look;
  private final Timeline.Alarm housekeeping;
  private @Nullable Running first;
  private @Nullable Running second;
  private Doom doom = Doom.NONE;
  private Duration dark = Duration.ZERO;
  private int opened;

  /** A server process. */
  private record Running(StillServer server, List<Route> routes) {}

  /** It dies at its next commit. */
  enum Doom {
    NONE,
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  private static final class Died extends Error {
    private static final long serialVersionUID = 1;

    Died() {
      super("the server has died", null, false, false);
    }
  }

  /**
   * A server that is up.
   *
   * @param tampered what a test makes of the database, to see whether the observer notices
   * @param looked hears that something may have been decided
   */
  Servers(
      Timeline time,
      Depot depot,
      Signatures signatures,
      UnaryOperator<Db> tampered,
      RandomGenerator chance,
      Runnable looked) {
    this.time = time;
    this.depot = depot;
    this.signatures = signatures;
    this.tampered = tampered;
    this.chance = chance;
    this.looked = looked;
    this.storage = Storage.of(depot.database());
    this.look = time.alarm(this::look);
    this.housekeeping = time.alarm(this::housekeep);
    up();
  }

  Storage storage() {
    return storage;
  }

  // ---- life and death

  boolean isUp() {
    return first != null;
  }

  void up() {
    if (first == null) first = open();
    look.in(LOOK);
    housekeeping.in(HOUSEKEEPING);
  }

  /** Another server comes up on the same storage, while the one before goes on. */
  void overlap() {
    if (first == null || second != null) return;
    second = first;
    first = open();
  }

  /** The one that was replaced ends at last. */
  void endOverlap() {
    second = null;
  }

  boolean overlaps() {
    return second != null;
  }

  /** It will die at its next commit, whenever that is, and come up again after this. */
  void doom(Doom how, Duration thenDark) {
    doom = how;
    dark = thenDark;
  }

  /** It will not die after all. */
  void spare() {
    doom = Doom.NONE;
  }

  /** It is gone, with all that it held in memory. */
  void down() {
    time.step();
    first = null;
    second = null;
    doom = Doom.NONE;
  }

  private void died() {
    down();
    time.once(dark, this::up);
  }

  private Running open() {
    // Who dies dies as a whole: a second server does not see the first one's fate.
    int number = ++opened;
    Db db = tampered.apply(storage.db(new Mortal(number)));
    StillServer server =
        StillServer.open(
            new StillServer.Kept(
                db, depot.registry(), depot.scratch(), depot.director(), signatures),
            IDLE_REPORT,
            time::instant,
            chance);
    return new Running(server, server.routes());
  }

  private final class Mortal implements Storage.Fate {
    private final int number;

    Mortal(int number) {
      this.number = number;
    }

    @Override
    public void beforeCommit() {
      if (doom == Doom.BEFORE_COMMIT && number == opened) throw new Died();
    }

    @Override
    public void afterCommit() {
      if (doom == Doom.AFTER_COMMIT && number == opened) throw new Died();
    }
  }

  // ---- work

  private void look() {
    if (first == null) return;
    try {
      // Which of the two is first is a matter of microseconds.
      boolean swapped = chance.nextBoolean();
      Running a = swapped ? second : first;
      Running b = swapped ? first : second;
      if (a != null) a.server.decide();
      if (b != null) b.server.decide();
    } catch (Died died) {
      died();
    }
    looked.run();
    look.in(LOOK_AT_LEAST);
  }

  /** Something came in: look soon. */
  void wake() {
    if (first != null) look.notAfter(LOOK);
  }

  private void housekeep() {
    Running server = first;
    if (server == null) return;
    try {
      server.server.housekeep();
    } catch (Died died) {
      died();
    }
    housekeeping.in(HOUSEKEEPING);
  }

  /** What is answered; empty when nobody is there, or dies over it. */
  Optional<Answer> handle(Request request) {
    Running server = second != null && chance.nextInt(3) == 0 ? second : first;
    if (server == null) return Optional.empty();
    try {
      return Optional.of(answer(server, request));
    } catch (Died died) {
      died();
      return Optional.empty();
    }
  }

  private Answer answer(Running server, Request request) {
    for (Route route : server.routes) {
      if (route.method() != request.method()) continue;
      Matcher match = pattern(route.path()).matcher(request.path());
      if (!match.matches()) continue;
      Map<String, String> parts = new HashMap<>();
      match.namedGroups().forEach((name, group) -> parts.put(name, match.group(group)));
      try {
        Outcome outcome = route.handler().handle(request.with(parts));
        if (outcome instanceof Answer answer) return answer;
        throw new AssertionError("a request was parked");
      } catch (Refusal refusal) {
        return route.refused().apply(refusal);
      }
    }
    throw new AssertionError("no route for " + request.method() + " " + request.path());
  }

  private Pattern pattern(String path) {
    return patterns.computeIfAbsent(
        path,
        p ->
            Pattern.compile(
                p.replaceAll("\\{(\\w+)}", "(?<$1>[^/]+)")
                    .replaceAll("(?<!\\?)<(\\w+)>", "(?<$1>.+)")));
  }

  @Override
  public void close() {
    storage.close();
  }
}

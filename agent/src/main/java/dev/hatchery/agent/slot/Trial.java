package dev.hatchery.agent.slot;

import dev.hatchery.agent.service.Echo;
import dev.hatchery.agent.service.Look;
import dev.hatchery.agent.service.Service;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.wire.Golden;
import dev.hatchery.wire.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whether a bundle proves itself (durability reference, section 2, step 10): the service comes up
 * and echoes its bytes, answers the golden samples, and then stays healthy long enough. All waiting
 * is on the monotonic clock.
 *
 * <p>A service that goes away is waited for, because its supervisor may be starting it; each return
 * is a restart, and the {@linkplain Rules#RESTARTS third} is one too many.
 */
final class Trial {
  private final Order.Trial terms;
  private final Digest bundle;
  private final Predicate<Echo> proof;
  private final Optional<Golden> golden;
  private final Watcher watcher;
  private final Clocks clocks;
  private Phase phase = Phase.LOADING;
  private long phaseBegan;
  private boolean askAgain;
  private int relapses;
  private int asked;
  private int agreed;
  private boolean goldenPassed;
  private String wrong = "";

  private enum Phase {
    LOADING,
    ASKING,
    SOAKING
  }

  /** What a step came to. */
  sealed interface Outcome {}

  /** Look again after this. */
  record Going(Duration pause) implements Outcome {}

  /** The service could not be asked to load before, and could be now. */
  record AskAgain() implements Outcome {}

  /** The bundle is proved. */
  record Passed() implements Outcome {}

  /** The bundle must go. */
  record Failed(Code code, String detail) implements Outcome {}

  /**
   * @param proof what the service has to echo
   */
  Trial(
      Order.Trial terms,
      Digest bundle,
      Predicate<Echo> proof,
      Optional<Golden> golden,
      Watcher watcher,
      Clocks clocks) {
    this.terms = terms;
    this.bundle = bundle;
    this.proof = proof;
    this.golden = golden;
    this.watcher = watcher;
    this.clocks = clocks;
    this.phaseBegan = clocks.nanos();
  }

  /** The service has been asked to load; the time to come up begins. */
  Optional<Failed> loading(Service.Reloaded reloaded) {
    enter(Phase.LOADING);
    askAgain = reloaded instanceof Service.Away;
    return reloaded instanceof Service.Unwilling no
        ? Optional.of(new Failed(Code.LOADER, no.detail()))
        : Optional.empty();
  }

  /** One look's worth of judgement. */
  Outcome step(Watcher.Seen seen) throws InterruptedException {
    if (seen.stalled()) {
      return new Failed(Code.STALLED, "inputs arrive and the service does no inference");
    }
    boolean good = seen.look().ready() && seen.look().echo().filter(proof).isPresent();
    if (!good) return bad(seen.look());
    return switch (phase) {
      case LOADING -> loaded();
      case ASKING -> ask();
      case SOAKING -> soak();
    };
  }

  private Outcome bad(Look look) {
    if (phase != Phase.LOADING) {
      enter(Phase.LOADING);
      if (++relapses > Rules.RELAPSES) {
        return new Failed(Code.NOT_READY, "the service keeps failing its readiness probe");
      }
    }
    if (clocks.passed(phaseBegan, terms.readyWithin())) {
      return look.ready()
          ? new Failed(Code.LOADER, "the service is ready but does not serve these bytes")
          : new Failed(Code.NOT_READY, "not ready within " + terms.readyWithin());
    }
    if (askAgain && look.ready() && clocks.passed(phaseBegan, Rules.ASK_AGAIN_AFTER)) {
      return new AskAgain();
    }
    return new Going(loadingPoll());
  }

  private Outcome loaded() throws InterruptedException {
    enter(goldenPassed || golden.isEmpty() ? Phase.SOAKING : Phase.ASKING);
    return phase == Phase.SOAKING ? soak() : ask();
  }

  // Few enough at a time that a look comes between.
  private Outcome ask() throws InterruptedException {
    List<Golden.Sample> samples = golden.map(Golden::samples).orElse(List.of());
    long began = clocks.nanos();
    while (asked < samples.size() && !clocks.passed(began, Rules.ASKING_AT_A_TIME)) {
      Golden.Sample sample = samples.get(asked);
      switch (watcher.service().infer(Json.write(sample.request()))) {
        case Service.Labelled answer -> judge(answer.label().equals(sample.label()), answer);
        case Service.Wrong answer -> judge(false, answer);
        case Service.Silent _ -> {
          return waited();
        }
      }
    }
    return asked < samples.size() ? new Going(Duration.ZERO) : goldenResult(samples.size());
  }

  private void judge(boolean agrees, Service.Answer answer) {
    asked++;
    if (agrees) agreed++;
    else if (wrong.isEmpty()) wrong = "sample " + asked + " got " + answer;
  }

  // Busy or gone: the same sample again, for as long as a service may take to come up.
  private Outcome waited() {
    return clocks.passed(phaseBegan, terms.readyWithin())
        ? new Failed(Code.NOT_READY, "the service did not answer the golden samples in time")
        : new Going(loadingPoll());
  }

  private Outcome goldenResult(int samples) {
    watcher.golden(bundle, samples, samples - agreed);
    double needed = golden.map(Golden::minAgreement).orElse(0.0);
    if (agreed < needed * samples - 1e-9) {
      return new Failed(
          Code.GOLDEN,
          agreed + " of " + samples + " golden samples agree, needs " + needed + "; " + wrong);
    }
    goldenPassed = true;
    enter(Phase.SOAKING);
    return new Going(Duration.ZERO);
  }

  private Outcome soak() {
    if (clocks.passed(phaseBegan, terms.minHealthy())) return new Passed();
    return new Going(Rules.clamp(terms.minHealthy().dividedBy(20), Duration.ofSeconds(5)));
  }

  private Duration loadingPoll() {
    return Rules.clamp(terms.readyWithin().dividedBy(100), Duration.ofSeconds(1));
  }

  private void enter(Phase next) {
    phase = next;
    phaseBegan = clocks.nanos();
  }
}

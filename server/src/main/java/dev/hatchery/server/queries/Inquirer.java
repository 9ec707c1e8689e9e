package dev.hatchery.server.queries;

import dev.hatchery.core.Gate;
import dev.hatchery.core.Name;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.QueryAnswer;
import dev.hatchery.server.log.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Asks for all rollouts that are decided, and keeps the newest answer to each question. It runs
 * beside the control loop, which only reads.
 */
public final class Inquirer implements AutoCloseable {
  private static final Log LOG = Log.of(Inquirer.class);
  private static final Duration EVERY = Duration.ofSeconds(15);

  /** One that was never asked is asked as soon as this. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final int AT_ONCE = 8;

  private final Sources sources;
  private final Supplier<List<RolloutSpec>> running;
  private final Runnable news;
  private final Map<Question, QueryAnswer> answers = new ConcurrentHashMap<>();
  private final Semaphore closing = new Semaphore(0);
  private final Thread thread;

  private record Question(Name source, String promql) {
    static Question of(Gate.Query query) {
      return new Question(query.source(), query.promql());
    }
  }

  /**
   * One that has not started.
   *
   * @param running the specs of the rollouts whose gates are judged
   * @param news is run when there are new answers
   */
  public Inquirer(Sources sources, Supplier<List<RolloutSpec>> running, Runnable news) {
    this.sources = sources;
    this.running = running;
    this.news = news;
    this.thread = Thread.ofPlatform().name("inquirer").daemon().unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** The newest answers to a rollout's queries, by metric; a query that was not asked is absent. */
  public Map<String, QueryAnswer> answers(RolloutSpec spec) {
    Map<String, QueryAnswer> known = new HashMap<>();
    for (Gate.Query query : Gate.queries(spec.gates())) {
      QueryAnswer answer = answers.get(Question.of(query));
      if (answer != null) known.put(query.metric(), answer);
    }
    return known;
  }

  private void run() {
    long asked = 0;
    try (Endpoint endpoint = new Endpoint(Endpoint.client())) {
      while (!closing.tryAcquire(LOOK.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
        boolean due = System.nanoTime() - asked >= EVERY.toNanos();
        if (due) asked = System.nanoTime();
        lookAround(endpoint, due);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookAround(Endpoint endpoint, boolean everything) throws InterruptedException {
    try {
      round(endpoint, everything);
    } catch (RuntimeException e) {
      LOG.error("queries.failed", e);
    }
  }

  /** Asks what was never asked, or everything. */
  private void round(Endpoint endpoint, boolean everything) throws InterruptedException {
    Set<Question> questions = new HashSet<>();
    for (RolloutSpec spec : running.get()) {
      Gate.queries(spec.gates()).forEach(query -> questions.add(Question.of(query)));
    }
    answers.keySet().retainAll(questions);
    questions.removeIf(question -> !everything && answers.containsKey(question));
    if (questions.isEmpty()) return;
    Semaphore free = new Semaphore(AT_ONCE);
    List<Thread> threads = new ArrayList<>();
    for (Question question : questions) {
      free.acquire();
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      ask(endpoint, question);
                    } finally {
                      free.release();
                    }
                  }));
    }
    for (Thread each : threads) each.join();
    news.run();
  }

  private void ask(Endpoint endpoint, Question question) {
    Source source = sources.find(question.source);
    try {
      answers.put(
          question,
          source == null
              ? new QueryAnswer.Nothing("this server was given no source " + question.source)
              : endpoint.ask(source, question.promql));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      answers.put(question, new QueryAnswer.Nothing("the server could not ask"));
      LOG.error("query.failed", e, "source", question.source);
    }
  }

  @Override
  public void close() {
    closing.release();
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

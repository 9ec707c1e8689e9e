package dev.hatchery.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A thing that was asked for and is not done, told so that the reader can act: what was refused,
 * where it stood, what was expected, what came, what to do. It never carries a secret; whoever
 * builds one passes only what may be shown.
 */
public final class Refusal extends RuntimeException {
  private final Problem problem;

  /**
   * The refusal's parts. Empty strings mean "not said".
   *
   * @param title one sentence in plain words
   * @param where file, line and path, or the object's name
   */
  public record Problem(
      Code code, String title, String where, String expected, String got, String fix) {
    /** One line for logs and terminals: {@code CODE title [at where] (expected …, got …): fix}. */
    public String line() {
      List<String> both = new ArrayList<>();
      if (!expected.isEmpty()) both.add("expected " + expected);
      if (!got.isEmpty()) both.add("got " + got);
      return code
          + " "
          + title
          + (where.isEmpty() ? "" : " at " + where)
          + (both.isEmpty() ? "" : " (" + String.join(", ", both) + ")")
          + (fix.isEmpty() ? "" : ": " + fix);
    }
  }

  public Refusal(Problem problem) {
    this(problem, null);
  }

  private Refusal(Problem problem, @Nullable Throwable cause) {
    super(problem.line(), cause);
    this.problem = problem;
  }

  /** Starts a refusal from its code and one sentence in plain words. */
  public static Refusal of(Code code, String title) {
    return new Refusal(new Problem(code, title, "", "", "", ""));
  }

  public Refusal at(String where) {
    return with(
        new Problem(code(), problem.title, where, problem.expected, problem.got, problem.fix));
  }

  public Refusal expected(Object expected) {
    return with(
        new Problem(
            code(), problem.title, problem.where, clip(expected), problem.got, problem.fix));
  }

  public Refusal got(@Nullable Object got) {
    return with(
        new Problem(
            code(), problem.title, problem.where, problem.expected, clip(got), problem.fix));
  }

  public Refusal fix(String fix) {
    return with(
        new Problem(code(), problem.title, problem.where, problem.expected, problem.got, fix));
  }

  public Refusal cause(Throwable cause) {
    var told = new Refusal(problem, cause);
    told.setStackTrace(getStackTrace());
    return told;
  }

  public Problem problem() {
    return problem;
  }

  public Code code() {
    return problem.code;
  }

  // The trace stays that of the first step, where the thing was refused.
  private Refusal with(Problem changed) {
    var told = new Refusal(changed, getCause());
    told.setStackTrace(getStackTrace());
    return told;
  }

  // What came may be an attacker's: bounded, and without control characters, so that it cannot
  // forge a log line.
  private static String clip(@Nullable Object value) {
    String text = String.valueOf(value);
    int end = text.offsetByCodePoints(0, Math.min(200, text.codePointCount(0, text.length())));
    String clipped = end < text.length() ? text.substring(0, end) + "…" : text;
    return clipped.replaceAll("\\p{Cntrl}", "?");
  }
}

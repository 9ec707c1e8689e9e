package dev.hatchery.server.log;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Writes events as single lines: {@code rollout.aborted rollout=r-3 gate=errors:limit}. */
public final class Log {
  private static final int MAX_VALUE = 512;
  private final System.Logger logger;

  private Log(System.Logger logger) {
    this.logger = logger;
  }

  public static Log of(Class<?> source) {
    return new Log(System.getLogger(source.getName()));
  }

  /**
   * Something an operator may want to know.
   *
   * @param keysAndValues in pairs
   */
  public void info(String event, Object... keysAndValues) {
    write(Level.INFO, event, keysAndValues);
  }

  /** Something an operator should look at. */
  public void warn(String event, Object... keysAndValues) {
    write(Level.WARNING, event, keysAndValues);
  }

  public void debug(String event, Object... keysAndValues) {
    write(Level.DEBUG, event, keysAndValues);
  }

  /** A defect of ours or of the machine's, with its trace. */
  public void error(String event, @Nullable Throwable cause, Object... keysAndValues) {
    logger.log(Level.ERROR, line(event, keysAndValues), cause);
  }

  private void write(Level level, String event, Object... keysAndValues) {
    if (logger.isLoggable(level)) logger.log(level, line(event, keysAndValues));
  }

  static String line(String event, Object... keysAndValues) {
    var line = new StringBuilder(event);
    for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
      line.append(' ').append(keysAndValues[i]).append('=').append(shown(keysAndValues[i + 1]));
    }
    return line.toString();
  }

  private static String shown(Object value) {
    String text = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
    if (text.length() > MAX_VALUE) text = text.substring(0, MAX_VALUE) + "…";
    boolean plain =
        !text.isEmpty() && text.chars().noneMatch(c -> c == ' ' || c == '"' || c == '=');
    return plain ? text : '"' + text.replace("\"", "'") + '"';
  }
}

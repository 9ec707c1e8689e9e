package dev.hatchery.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line per event on standard error: time, level, logger, event, its pairs. */
final class Logging {
  // Held here: the JDK forgets a logger's level when nobody holds the logger.
  private static final Logger MIGRATIONS = Logger.getLogger("org.flywaydb");
  private static final Logger WEB = Logger.getLogger("org.eclipse.jetty");
  private static final Logger ROUTES = Logger.getLogger("io.javalin");

  private Logging() {}

  static void toStandardError() {
    LogManager.getLogManager().reset();
    var handler = new ConsoleHandler();
    handler.setFormatter(new OneLine());
    handler.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(Level.INFO);
    for (Logger chatty : new Logger[] {MIGRATIONS, WEB, ROUTES}) chatty.setLevel(Level.WARNING);
  }

  private static final class OneLine extends Formatter {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneOffset.UTC);

    @Override
    public String format(LogRecord record) {
      String logger = String.valueOf(record.getLoggerName());
      String line =
          TIME.format(record.getInstant().truncatedTo(ChronoUnit.MILLIS))
              + " "
              + record.getLevel()
              + " "
              + logger.substring(logger.lastIndexOf('.') + 1)
              + " "
              + formatMessage(record).replaceAll("\\p{Cntrl}", "?")
              + "\n";
      return record.getThrown() == null ? line : line + trace(record.getThrown());
    }

    private static String trace(Throwable thrown) {
      var text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text));
      return text.toString().indent(2);
    }
  }
}

package dev.hatchery.examples.inspection.demo;

import dev.hatchery.core.Refusal;
import java.util.Map;

/** Hatchery's own command line, run in this process: the demo does what a person would type. */
@FunctionalInterface
public interface CommandLine {
  /**
   * Runs a command and returns what it printed.
   *
   * @throws Refusal when the command ends with another exit status than 0
   */
  String run(Map<String, String> environment, String... command);
}

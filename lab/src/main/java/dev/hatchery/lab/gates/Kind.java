package dev.hatchery.lab.gates;

import java.util.function.Consumer;

/** The gates that are compared. */
public enum Kind {
  HATCHERY("hatchery") {
    @Override
    Outcome run(Fleet fleet, Consumer<String> log) {
      return new EngineRun(fleet, log).untilItEnds();
    }
  },
  NAIVE_Z("naive-z") {
    @Override
    Outcome run(Fleet fleet, Consumer<String> log) {
      return new PlainRun(fleet, new ZTest()).untilItEnds();
    }
  },
  THRESHOLD("threshold") {
    @Override
    Outcome run(Fleet fleet, Consumer<String> log) {
      return new PlainRun(fleet, new Threshold()).untilItEnds();
    }
  };

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  /** As rows name it. */
  public String label() {
    return label;
  }

  abstract Outcome run(Fleet fleet, Consumer<String> log);
}

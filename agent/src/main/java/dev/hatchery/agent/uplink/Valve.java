package dev.hatchery.agent.uplink;

import java.time.Duration;

/** How much may come through now. */
public interface Valve {
  /** Nothing is held back. */
  Valve OPEN =
      new Valve() {
        @Override
        public long room() {
          return Long.MAX_VALUE;
        }

        @Override
        public void took(long bytes) {}

        @Override
        public long within(Duration time) {
          return Long.MAX_VALUE;
        }
      };

  /** How many bytes the next read may bring; 0 while it is closed. */
  long room();

  /** So many came. */
  void took(long bytes);

  /** At most so many can come in this time; who is slower than that is to blame, others not. */
  long within(Duration time);
}

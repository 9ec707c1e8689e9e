package dev.hatchery.examples.inspection.demo;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the demo is run.
 *
 * @param folder for keys, server, devices and logs; made anew, and it must not exist
 * @param port the console's; 0 takes a free one
 * @param exit whether to end after the story instead of leaving the console up
 */
public record DemoOptions(Path folder, int port, int devices, boolean exit, Optional<Path> report) {
  public static final int MIN_DEVICES = 6;
  public static final int MAX_DEVICES = 24;

  public DemoOptions {
    if (devices < MIN_DEVICES || devices > MAX_DEVICES) {
      throw Refusal.of(Code.BAD_INPUT, "the demo needs another number of devices")
          .expected(MIN_DEVICES + " to " + MAX_DEVICES)
          .got(devices);
    }
  }
}

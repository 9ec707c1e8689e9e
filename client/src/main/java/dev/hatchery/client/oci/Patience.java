package dev.hatchery.client.oci;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.time.Duration;

/**
 * How long a registry may take.
 *
 * @param connect until a connection stands
 * @param answer until a request that moves no bytes is answered
 * @param slowest bytes per second below which a transfer is given up
 */
public record Patience(Duration connect, Duration answer, DataSize slowest) {
  public Patience {
    if (!connect.isPositive() || !answer.isPositive() || slowest.bytes() == 0) {
      throw Refusal.of(Code.BAD_INPUT, "waiting times and the slowest rate must be above zero");
    }
  }

  /** 10 s to connect, 60 s for an answer, 64 KiB/s. */
  public static Patience usual() {
    return new Patience(Duration.ofSeconds(10), Duration.ofSeconds(60), DataSize.kib(64));
  }

  Duration forBytes(long bytes) {
    return answer.plusSeconds(bytes / slowest.bytes());
  }
}

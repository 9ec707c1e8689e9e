package dev.hatchery.core;

/**
 * Bytes that an agent's sockets have carried on the uplink since the agent started: downloads,
 * reports and polls, headers and TLS included; not what peers gave or took. It only rises within
 * one boot.
 */
public record WireCount(long sent, long received) {
  public WireCount {
    if (sent < 0 || received < 0) {
      throw Refusal.of(Code.BAD_INPUT, "bytes cannot be negative")
          .expected("0 or more")
          .got(sent + " sent, " + received + " received");
    }
  }
}

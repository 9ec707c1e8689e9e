package dev.hatchery.agent.peer;

import java.time.Duration;

/**
 * What others can make this device hold, wait for or send.
 *
 * @param connections open at once, and of one address
 * @param uploads bodies sent at once; further ones are told to come back
 * @param head for a request's head to come, and for a connection between two requests
 * @param stall for a neighbour to take 16 KiB
 * @param connect for a neighbour to take a connection
 * @param answer for a neighbour to begin to answer, and between any two reads
 * @param chunk for a whole piece to come
 * @param asking for all neighbours to say whether they have a file
 * @param busy how long neighbours may all be busy
 */
record Limits(
    int connections,
    int connectionsOfOne,
    int uploads,
    Duration head,
    Duration stall,
    Duration connect,
    Duration answer,
    Duration chunk,
    Duration asking,
    Duration busy) {
  static final Limits USUAL =
      new Limits(
          48,
          16,
          4,
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          Duration.ofSeconds(60));
}

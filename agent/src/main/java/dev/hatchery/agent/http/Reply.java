package dev.hatchery.agent.http;

import dev.hatchery.core.DataSize;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;

/** What came back; the body is still to be read, and the reply to be closed. */
public record Reply(int status, HttpHeaders headers, Body body) implements AutoCloseable {
  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  public byte[] bytes(DataSize max, Duration patience) throws InterruptedException {
    return body.readAll(max, patience);
  }

  /** {@code Retry-After} in seconds, at most an hour; zero when absent or a date. */
  public Duration retryAfter() {
    String text = header("Retry-After").orElse("");
    if (!text.matches("\\d{1,6}")) return Duration.ZERO;
    Duration asked = Duration.ofSeconds(Long.parseLong(text));
    return asked.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : asked;
  }

  @Override
  public void close() {
    body.close();
  }
}

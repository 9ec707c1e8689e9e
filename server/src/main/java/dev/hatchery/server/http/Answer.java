package dev.hatchery.server.http;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import java.io.InputStream;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Status, headers and body. */
public record Answer(int status, Map<String, String> headers, Body body) implements Outcome {
  public static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";
  private static final String RETRY_SECONDS = "5";

  /** What follows the headers. */
  public sealed interface Body {}

  /** Nothing. */
  public record Empty() implements Body {}

  /** Bytes in memory. */
  public record Memory(Bytes bytes) implements Body {}

  /**
   * Bytes that are read while they are sent; closed by the server.
   *
   * @param length how many there are
   */
  public record Streamed(InputStream in, long length) implements Body {}

  /** Headers only, as the answer to HEAD: the length of a body that is not sent. */
  public record LengthOnly(long length) implements Body {}

  public Answer {
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
  }

  public static Answer of(int status) {
    return new Answer(status, Map.of(), new Empty());
  }

  public static <T> Answer json(Codec<T> codec, T value) {
    return json(200, codec.bytes(value));
  }

  public static Answer json(int status, byte[] json) {
    return new Answer(status, Map.of("Content-Type", JSON), new Memory(Bytes.of(json)));
  }

  public static Answer text(String contentType, byte[] bytes) {
    return new Answer(200, Map.of("Content-Type", contentType), new Memory(Bytes.of(bytes)));
  }

  /** RFC 9457; tells how to come in or when to come back where that helps. */
  public static Answer problem(Refusal refusal) {
    Answer answer =
        json(refusal.code().httpStatus(), Wire.PROBLEM.bytes(refusal.problem()))
            .with("Content-Type", PROBLEM);
    if (refusal.code() == Code.UNAUTHENTICATED) {
      answer = answer.with("WWW-Authenticate", "Bearer realm=\"hatchery\"");
    }
    boolean passing = refusal.code() == Code.RATE_LIMITED || refusal.code() == Code.TRUST_MISSING;
    return passing ? answer.with("Retry-After", RETRY_SECONDS) : answer;
  }

  public Answer with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body);
  }
}

package dev.hatchery.registry;

import dev.hatchery.core.Bytes;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer. Content-Length is among the headers, also for HEAD, whose body is {@link Body.Empty}.
 */
public record OciResponse(int status, Map<String, String> headers, Body body) {

  /** What follows the headers. */
  public sealed interface Body {
    /** Nothing. */
    record Empty() implements Body {
      @Override
      public InputStream open() {
        return InputStream.nullInputStream();
      }
    }

    /** A small document. */
    record Whole(Bytes bytes) implements Body {
      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes.toArray());
      }
    }

    /** {@code length} bytes of a blob, beginning at {@code from}. */
    record Slice(Blob blob, long from, long length) implements Body {
      @Override
      public InputStream open() {
        return new BoundedStream(blob.open(from), length);
      }
    }

    /** Exactly as many bytes as Content-Length says; the caller closes it. */
    InputStream open();
  }

  public OciResponse {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  static OciResponse empty(int status) {
    return new OciResponse(status, Map.of("Content-Length", "0"), new Body.Empty());
  }

  static OciResponse of(int status, String mediaType, byte[] bytes) {
    return new OciResponse(
            status,
            Map.of("Content-Length", Integer.toString(bytes.length)),
            new Body.Whole(Bytes.of(bytes)))
        .with("Content-Type", mediaType);
  }

  OciResponse with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value.toString());
    return new OciResponse(status, more, body);
  }

  OciResponse withoutBody() {
    return new OciResponse(status, headers, new Body.Empty());
  }
}

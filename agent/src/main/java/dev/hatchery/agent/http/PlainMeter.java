package dev.hatchery.agent.http;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;

/**
 * Counts requests and answers where no TLS is spoken, and their sockets cannot be seen: each line
 * of a head with its end, and bodies.
 */
record PlainMeter(WireMeter meter) {
  /** Counts for nobody. */
  static final PlainMeter NONE = new PlainMeter(new WireMeter());

  private static final int COLON_AND_END = 4;
  private static final int LINE_END = 2;

  void sent(HttpRequest request) {
    String line = request.method() + " " + request.uri().getRawPath() + " HTTP/1.1";
    long body = request.bodyPublisher().map(HttpRequest.BodyPublisher::contentLength).orElse(0L);
    meter.sent(line.length() + LINE_END + head(request.headers()) + Math.max(0, body));
  }

  void answered(HttpHeaders headers) {
    meter.received("HTTP/1.1 200 OK".length() + LINE_END + head(headers));
  }

  void body(long bytes) {
    meter.received(bytes);
  }

  private static long head(HttpHeaders headers) {
    long bytes = LINE_END;
    for (var header : headers.map().entrySet()) {
      for (String value : header.getValue()) {
        bytes += header.getKey().length() + value.length() + COLON_AND_END;
      }
    }
    return bytes;
  }
}

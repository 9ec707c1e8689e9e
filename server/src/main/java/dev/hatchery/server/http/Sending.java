package dev.hatchery.server.http;

import dev.hatchery.core.Bytes;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Puts an answer on the wire. */
final class Sending {
  private Sending() {}

  static void send(Context context, Method method, Answer answer) throws IOException {
    context.status(answer.status());
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Cache-Control", "no-store");
    answer.headers().forEach(context::header);
    switch (answer.body()) {
      case Answer.Empty() -> {}
      case Answer.LengthOnly(long length) -> context.res().setContentLengthLong(length);
      case Answer.Memory(Bytes bytes) -> {
        context.res().setContentLength(bytes.size());
        if (method != Method.HEAD) context.result(new ByteArrayInputStream(bytes.toArray()));
      }
      case Answer.Streamed(InputStream in, long length) -> {
        try (in) {
          context.res().setContentLengthLong(length);
          if (method != Method.HEAD) in.transferTo(context.res().getOutputStream());
        }
      }
    }
  }
}

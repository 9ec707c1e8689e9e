package dev.hatchery.agent.api;

import dev.hatchery.agent.http.Reply;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import java.time.Duration;
import java.util.Optional;

/** Answers that are not what was asked for, as refusals. */
final class Problems {
  private static final DataSize MAX = DataSize.kib(64);

  private Problems() {}

  /** The body of a good answer. */
  static byte[] require(Reply reply, DataSize max, Duration patience) throws InterruptedException {
    if (reply.status() / 100 == 2) return reply.bytes(max, patience);
    throw of(reply, patience);
  }

  // The code is that of the status, never the one in the document: a server must not make the
  // device believe that its own disk is broken, or that it has checked what it has not.
  static Refusal of(Reply reply, Duration patience) throws InterruptedException {
    int status = reply.status();
    String told = told(reply, patience).map(Refusal.Problem::line).orElse("status " + status);
    return status >= 500 || status < 400
        ? Refusal.of(Code.UNREACHABLE, "the server cannot answer now").got(told)
        : Refusal.of(code(status), "the server does not do what it was asked").got(told);
  }

  private static Optional<Refusal.Problem> told(Reply reply, Duration patience)
      throws InterruptedException {
    try {
      return Optional.of(Wire.PROBLEM.parse(reply.bytes(MAX, patience), MAX, "problem"));
    } catch (Refusal noProblemDocument) {
      return Optional.empty();
    }
  }

  private static Code code(int status) {
    return switch (status) {
      case 401 -> Code.UNAUTHENTICATED;
      case 403 -> Code.FORBIDDEN;
      case 404 -> Code.NOT_FOUND;
      case 409 -> Code.CONFLICT;
      case 410 -> Code.NO_LEASE;
      case 413 -> Code.TOO_LARGE;
      case 429 -> Code.RATE_LIMITED;
      default -> Code.BAD_INPUT;
    };
  }
}

package dev.hatchery.core;

/**
 * The stable names of everything that can be refused. A script may match on them; none is ever
 * renamed or reused. The device's reasons are those of the order of checks in the security
 * reference, section 4.
 */
public enum Code {
  // What a person or another machine sent
  BAD_INPUT(400, 2),
  TOO_LARGE(413, 2),
  BAD_SPEC(422, 2),
  MALFORMED_MODEL(422, 2),
  UNKNOWN_METRIC(422, 2),
  UNAUTHENTICATED(401, 3),
  FORBIDDEN(403, 3),
  NOT_FOUND(404, 4),
  CONFLICT(409, 5),
  IMMUTABLE(409, 5),
  ILLEGAL_STATE(409, 5),
  RATE_LIMITED(429, 6),
  // What may not be spent now, or at all
  LIMIT(429, 6),
  NO_LEASE(410, 6),
  BUDGET(422, 6),
  // What cannot be trusted
  BAD_SIGNATURE(422, 10),
  THRESHOLD(422, 10),
  WRONG_KEY(422, 10),
  HASH(422, 11),
  SIZE(422, 11),
  EXTRA_FILE(422, 11),
  MISSING_FILE(422, 11),
  UNSAFE_PATH(422, 11),
  DELTA(422, 11),
  ROLLBACK(422, 12),
  EQUIVOCATION(422, 12),
  FREEZE(422, 12),
  EXPIRED(422, 12),
  WRONG_DEVICE(422, 12),
  REVOKED(422, 12),
  BELOW_FLOOR(422, 12),
  TRUST_MISSING(503, 12),
  // What a device cannot do
  INCOMPATIBLE(422, 13),
  NO_SPACE(507, 14),
  DENIED(409, 14),
  // What went wrong on a device's trial
  NOT_READY(422, 15),
  LOADER(422, 15),
  GOLDEN(422, 15),
  CRASH_LOOP(422, 15),
  BOOT_LOOP(422, 15),
  STALLED(422, 15),
  SUPERSEDED(409, 15),
  REPAIRED(200, 15),
  // The world
  UNREACHABLE(502, 20),
  TRUNCATED(502, 20),
  SLOW(504, 20),
  PEER(502, 20),
  STORAGE(500, 21),
  NO_JDK(500, 22),
  INTERNAL(500, 1);

  private final int httpStatus;
  private final int exitCode;

  Code(int httpStatus, int exitCode) {
    this.httpStatus = httpStatus;
    this.exitCode = exitCode;
  }

  /** The HTTP status that carries this code in a problem document (RFC 9457). */
  public int httpStatus() {
    return httpStatus;
  }

  /** The exit code of a command that ends with this refusal; 0 is success, 1 a defect of ours. */
  public int exitCode() {
    return exitCode;
  }
}

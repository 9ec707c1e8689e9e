package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code GET /device/v1/deltas?target=HEX&have=HEX,HEX}: by which patches a file could come.
 *
 * @param have files that the device holds whole
 */
public record DeltaQuery(Digest target, List<Digest> have) {
  public static final int MAX_HAVE = 16;

  public DeltaQuery {
    have = List.copyOf(have);
    if (have.size() > MAX_HAVE) {
      throw Refusal.of(Code.TOO_LARGE, "a device names too many files that it holds")
          .expected("at most " + MAX_HAVE)
          .got(have.size());
    }
  }

  /**
   * Reads the two parameters.
   *
   * @param target the digest's hex
   * @param have hex digests with commas between; empty for none
   */
  public static DeltaQuery parse(String target, String have) {
    Stream<String> held = have.isEmpty() ? Stream.empty() : Stream.of(have.split(",", -1));
    return new DeltaQuery(new Digest(target), held.limit(MAX_HAVE + 1L).map(Digest::new).toList());
  }

  /** What stands after the question mark. */
  public String query() {
    String held = have.stream().map(Digest::hex).collect(Collectors.joining(","));
    return "target=" + target.hex() + (held.isEmpty() ? "" : "&have=" + held);
  }
}

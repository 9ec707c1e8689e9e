package dev.hatchery.delta.make;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes of the old file are found wherever they are in the new one. */
final class MatcherTest {
  @TempDir Path folder;

  private List<Matcher.Match> find(byte[] old, byte[] now) throws IOException {
    try (Mapped before = Mapped.open(Files.write(folder.resolve("old"), old));
        Mapped after = Mapped.open(Files.write(folder.resolve("now"), now))) {
      return new Matcher(before, after).find(0, now.length);
    }
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    return java.util.Arrays.copyOfRange(bytes, from, to);
  }

  @Test
  void movedBlocksAreFoundAndGrownToTheirEnds() throws IOException {
    byte[] old = Bytes.random(5000, 1);
    byte[] now =
        new Bytes()
            .bytes(Bytes.random(33, 2))
            .bytes(part(old, 4003, 4500))
            .bytes(Bytes.random(7, 3))
            .bytes(part(old, 11, 999))
            .bytes(part(old, 2001, 2101))
            .toBytes();

    assertThat(find(old, now))
        .containsExactly(
            new Matcher.Match(33, 4003, 497),
            new Matcher.Match(537, 11, 988),
            new Matcher.Match(1525, 2001, 100));
  }

  @Test
  void whatIsNotThereIsNotFound() throws IOException {
    assertThat(find(Bytes.random(5000, 1), Bytes.random(5000, 2))).isEmpty();
    assertThat(find(Bytes.random(31, 1), Bytes.random(31, 1))).isEmpty();
    assertThat(find(new byte[0], Bytes.random(100, 1))).isEmpty();
  }

  @Test
  void matchesAreInOrderAndApart() throws IOException {
    byte[] old = Bytes.text(3000, 5);
    byte[] now = new Bytes().bytes(part(old, 1000, 3000)).bytes(old).toBytes();
    long done = 0;
    for (Matcher.Match match : find(old, now)) {
      assertThat(match.at()).isGreaterThanOrEqualTo(done);
      done = match.at() + match.length();
      assertThat(part(now, (int) match.at(), (int) done))
          .isEqualTo(part(old, (int) match.from(), (int) (match.from() + match.length())));
    }
    assertThat(done).isEqualTo(now.length);
  }
}

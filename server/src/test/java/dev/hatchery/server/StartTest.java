package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StartTest {
  @TempDir private Path folder;

  @Test
  void theOperatorTokenIsShownOnceAndReplacedOnlyWhenAsked() throws Exception {
    Path tokenFile = folder.resolve("token");
    Secret first;
    try (var server = start(options(tokenFile, false))) {
      first = server.newToken().orElseThrow();
      assertThat(Files.readString(tokenFile)).isEqualTo(first.reveal() + "\n");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile)))
          .isEqualTo("rw-------");
      assertThat(first.reveal()).matches("hto_[0-9A-Za-z]{43}");
      assertThat(first).hasToString("***");
    }
    try (var server = start(options(tokenFile, false));
        var operator = new OperatorClient(server.address(), first, Optional.empty())) {
      assertThat(server.newToken()).isEmpty();
      operator.director();
    }
    try (var server = start(options(tokenFile, true));
        var operator = new OperatorClient(server.address(), first, Optional.empty())) {
      assertThat(server.newToken()).isPresent().get().isNotEqualTo(first);
      Refused.refused(Code.UNAUTHENTICATED, operator::director);
    }
  }

  @Test
  void theDirectorKeyStaysTheSame() {
    var key = start(options(folder.resolve("t"), false));
    String first = directorKey(key);
    key.close();
    try (var again = start(options(folder.resolve("t"), true))) {
      assertThat(directorKey(again)).isEqualTo(first);
    }
    assertThat(folder.resolve("data/keys/director.pub")).exists();
  }

  @Test
  void twoServersDoNotShareAFolder() {
    try (var _ = start(options(folder.resolve("t"), false))) {
      Refused.refused(Code.CONFLICT, () -> start(options(folder.resolve("t"), false)));
    }
    start(options(folder.resolve("t"), false)).close();
  }

  private static Server start(Options options) {
    return Server.start(options, Clock.systemUTC(), new SecureRandom());
  }

  private static String directorKey(Server server) {
    var token = server.newToken().orElseThrow();
    try (var operator = new OperatorClient(server.address(), token, Optional.empty())) {
      return operator.director().key().id().hex();
    }
  }

  private Options options(Path tokenFile, boolean reset) {
    Options plain = Fleet.options(folder.resolve("data"));
    return new Options(
        plain.data(),
        plain.listen(),
        Optional.of(tokenFile),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(60),
        Options.DELTA_WAIT,
        Options.INTERLOCK,
        reset);
  }
}

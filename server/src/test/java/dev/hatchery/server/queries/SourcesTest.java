package dev.hatchery.server.queries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SourcesTest {
  @TempDir private Path folder;

  private Sources read(String source) throws IOException {
    Path file = folder.resolve("sources.yaml");
    Files.writeString(file, "sources:\n  shop: " + source + "\n");
    return Sources.read(file);
  }

  @Test
  void aSourceIsReadWithItsTokenBesideTheFile() throws IOException {
    Source shop =
        read("{url: 'https://metrics.example/prom/', tokenFile: token, timeout: 2s}")
            .find(new Name("shop"));
    assertThat(shop).isNotNull();
    assertThat(shop == null ? null : shop.tokenFile()).contains(folder.resolve("token"));
    assertThat(shop == null ? null : shop.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(Sources.NONE.find(new Name("shop"))).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{url: 'file:///etc/passwd'} | not the address of a query source",
        "{url: 'https://user:pw@h/'} | without user",
        "{url: 'https://h/?x=1'} | without user, query",
        "{url: 'http://metrics.example', tokenFile: t} | in the clear",
        "{url: 'http://h', timeout: 31s} | at most 30s",
        "{url: 'http://h', timeout: 0s} | above 0",
        "{uri: 'http://h'} | did you mean url?",
      })
  void whatCannotBeASourceIsRefused(String source, String says) {
    assertThatThrownBy(() -> read(source)).hasMessageContaining(says);
  }

  @Test
  void aTokenMayStayOnThisMachine() throws IOException {
    for (String host : new String[] {"127.0.0.1", "[::1]", "localhost"}) {
      assertThat(read("{url: 'http://" + host + ":9090', tokenFile: t}")).isNotNull();
    }
  }

  @Test
  void aPasswordInAnAddressIsNotTold() {
    assertThatThrownBy(() -> read("{url: 'https://user:secret@h/'}"))
        .message()
        .doesNotContain("secret");
  }

  @Test
  void anEmptyOrMissingFileIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("none.yaml"), "sources: {}\n");
    assertThatThrownBy(() -> Sources.read(file)).hasMessageContaining("wrong number");
    assertThatThrownBy(() -> Sources.read(folder.resolve("absent.yaml")))
        .hasMessageContaining("--query-sources");
  }
}

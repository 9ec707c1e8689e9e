package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.REPO;
import static dev.hatchery.registry.Bench.header;
import static dev.hatchery.registry.Bench.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListTest {
  private final Bench bench;

  ListTest(@TempDir Path folder) {
    bench = new Bench(folder);
    for (String tag : new String[] {"latest", "1.0.0", "Beta", "1.0.0-rc.1", "_x"}) {
      bench.pushArtifact(REPO, tag, "model");
    }
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void tagsComeInAsciiOrder() {
    assertThat(text(bench.get("/inspection/tags/list").answer(200)))
        .isEqualTo(
            "{\"name\":\"inspection\","
                + "\"tags\":[\"1.0.0\",\"1.0.0-rc.1\",\"Beta\",\"_x\",\"latest\"]}");
  }

  @Test
  void tagsComeInPagesWithALinkToTheNext() {
    OciResponse first = bench.get("/inspection/tags/list?n=2").answer(200);
    assertThat(text(first)).contains("[\"1.0.0\",\"1.0.0-rc.1\"]");
    assertThat(header(first, "Link"))
        .isEqualTo("</v2/inspection/tags/list?n=2&last=1.0.0-rc.1>; rel=\"next\"");

    OciResponse second = bench.get("/inspection/tags/list?n=2&last=1.0.0-rc.1").answer(200);
    assertThat(text(second)).contains("[\"Beta\",\"_x\"]");

    OciResponse third = bench.get("/inspection/tags/list?n=2&last=_x").answer(200);
    assertThat(text(third)).contains("[\"latest\"]");
    assertThat(third.headers()).doesNotContainKey("Link");
  }

  @Test
  void aLastThatIsNoTagStillSaysWhereToGoOn() {
    assertThat(text(bench.get("/inspection/tags/list?last=C").answer(200)))
        .contains("[\"_x\",\"latest\"]");
  }

  @Test
  void noTagsWereAskedForAndNoneCome() {
    OciResponse none = bench.get("/inspection/tags/list?n=0").answer(200);

    assertThat(text(none)).contains("\"tags\":[]");
    assertThat(none.headers()).doesNotContainKey("Link");
  }

  @Test
  void aPageOfExactlyTheRestHasNoNext() {
    assertThat(bench.get("/inspection/tags/list?n=5").answer(200).headers())
        .doesNotContainKey("Link");
  }

  @Test
  void aCountThatIsNoneIsRefused() {
    for (String n : new String[] {"-1", "x", "", "9999999999", "1.5"}) {
      bench.get("/inspection/tags/list?n=" + n).refused(400, "UNSUPPORTED");
    }
  }

  @Test
  void aRepositoryThatWasNeverPushedToIsUnknown() {
    bench.get("/llm/tags/list").refused(404, "NAME_UNKNOWN");
  }
}

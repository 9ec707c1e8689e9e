package dev.hatchery.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.wire.DeltaQuery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BasesTest {
  private static final Keys KEYS = new Keys();
  private static final TestBundle CURRENT = TestBundle.of("1.1.0", 50_000, KEYS.release);
  private static final TestBundle PREVIOUS = TestBundle.of("1.0.0", 60_000, KEYS.release);
  private static final TestBundle NEXT = TestBundle.of("1.2.0", 50_000, KEYS.release);
  private static final List<Manifest> BUNDLES = List.of(CURRENT.manifest, PREVIOUS.manifest);

  private static FileEntry wanted() {
    return NEXT.manifest.file(Manifest.MODEL_FILE).orElseThrow();
  }

  private static Digest blob(int i) {
    return Digest.of(new byte[] {(byte) i, 99});
  }

  private static Map<Digest, Long> blobs(TestBundle... bundles) {
    Map<Digest, Long> sizes = new HashMap<>();
    for (TestBundle bundle : bundles) {
      bundle.blobs.forEach((digest, content) -> sizes.put(digest, (long) content.length));
    }
    return sizes;
  }

  @Test
  void theSameFileOfTheCurrentBundleIsTheLikeliestThenTheOneBefore() {
    assertThat(Bases.of(wanted(), BUNDLES, blobs(CURRENT, PREVIOUS)))
        .startsWith(CURRENT.model(), PREVIOUS.model());
  }

  @Test
  void whatIsNotInTheStoreIsNotNamed() {
    assertThat(Bases.of(wanted(), BUNDLES, blobs(PREVIOUS)))
        .startsWith(PREVIOUS.model())
        .doesNotContain(CURRENT.model());
    assertThat(Bases.of(wanted(), BUNDLES, Map.of())).isEmpty();
  }

  @Test
  void afterTheBundlesComesTheRestTheClosestInSizeFirst() {
    Map<Digest, Long> sizes = blobs(CURRENT);
    sizes.put(blob(1), 20_000L);
    sizes.put(blob(2), 51_000L);
    sizes.put(blob(3), 90_000L);
    sizes.put(blob(4), 100L);

    assertThat(Bases.of(wanted(), BUNDLES, sizes))
        .containsExactly(CURRENT.model(), blob(2), blob(1), blob(3));
  }

  @Test
  void noMoreAreNamedThanMayBeAskedForAndNeverTheFileItself() {
    Map<Digest, Long> sizes = blobs(CURRENT, NEXT);
    for (int i = 0; i < 40; i++) sizes.put(blob(i), 20_000L + i);
    List<Digest> bases = Bases.of(wanted(), BUNDLES, sizes);

    assertThat(bases).hasSize(DeltaQuery.MAX_HAVE).doesNotHaveDuplicates();
    assertThat(bases).first().isEqualTo(CURRENT.model());
    assertThat(bases).doesNotContain(NEXT.model());
  }
}

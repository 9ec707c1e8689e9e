package dev.hatchery.delta.make;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.hatchery.delta.Lane;
import dev.hatchery.delta.Op;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches between files of no known format: whatever they are, they come back. */
final class DeltaMakerTest {
  @TempDir Path folder;

  private byte[] patched(byte[] old, byte[] now) throws Exception {
    return new Pair(folder, old, now).patched();
  }

  @Test
  void smallAndEmptyFilesComeBack() throws Exception {
    byte[][] files = {
      new byte[0], {1}, {1, 2, 3}, new byte[40], Bytes.random(31, 1), Bytes.random(600, 2)
    };
    for (byte[] old : files) for (byte[] now : files) patched(old, now);
  }

  @Test
  void aFileThatDidNotChangeCostsAlmostNothing() throws Exception {
    byte[] file = Bytes.random(300_000, 3);

    assertThat(patched(file, file).length).isLessThan(200);
  }

  @Test
  void shiftedAndShuffledBlocksAreCopied() throws Exception {
    byte[] old = Bytes.random(200_000, 4);
    byte[] shifted = new Bytes().bytes(Bytes.random(9, 1)).bytes(old).toBytes();
    assertThat(patched(old, shifted).length).isLessThan(250);
    Bytes shuffled = new Bytes();
    for (int block : new int[] {7, 2, 0, 9, 4, 4, 1}) {
      shuffled.bytes(Arrays.copyOfRange(old, block * 20_000, (block + 1) * 20_000));
    }
    assertThat(patched(old, shuffled.toBytes()).length).isLessThan(500);
  }

  @Test
  void randomEditsComeBack() throws Exception {
    for (long seed = 0; seed < 25; seed++) {
      var random = new Random(seed);
      byte[] old =
          seed % 2 == 0
              ? Bytes.random(random.nextInt(20_000), seed)
              : Bytes.text(random.nextInt(20_000), seed);
      Bytes now = new Bytes();
      for (int i = random.nextInt(12); i > 0; i--) {
        int at = random.nextInt(old.length + 1);
        int end = at + random.nextInt(old.length - at + 1);
        now.bytes(Arrays.copyOfRange(old, at, end)).bytes(Bytes.random(random.nextInt(50), seed));
      }
      patched(old, now.toBytes());
    }
  }

  @Test
  void noiseIsNeverMuchLargerThanItself() throws Exception {
    byte[] noise = Bytes.random(1_200_000, 5);

    assertThat(patched(Bytes.random(1000, 6), noise).length).isGreaterThan(noise.length);
  }

  @Test
  void aFileThatIsStoredAsItIsIsNotHeldInMemory() throws Exception {
    Path file = Files.write(folder.resolve("now"), Bytes.random(6_000_000, 9));
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Mapped none = Mapped.empty();
        Mapped now = Mapped.open(file);
        PatchWriter writer = new PatchWriter(folder.resolve("stored"), none, now)) {
      long before = threads.getCurrentThreadAllocatedBytes();
      writer.stored(now);
      long after = threads.getCurrentThreadAllocatedBytes();

      assertThat(after - before).isLessThan(500_000);
      assertThat(Files.size(folder.resolve("stored"))).isEqualTo(92 + 44 + 13 + 6_000_000);
    }
  }

  @Test
  void aBaseThatBeginsAsADictionaryOfZstdsIsNoObstacle() throws Exception {
    byte[] text = Bytes.text(3000, 7);
    byte[] old = new Bytes().u32(0xec30a437L).bytes(text).toBytes();
    byte[] now = text.clone();
    for (int i = 0; i < now.length; i += 17) now[i]++;

    patched(old, now);
  }

  @Test
  void bytesThatAreAlikeAreCodedAgainstTheirBase() throws Exception {
    byte[] old = Bytes.random(20_000, 8);
    byte[] now = old.clone();
    var random = new Random(1);
    for (int i = 0; i < now.length; i++) if (random.nextInt(8) == 0) now[i]++;

    byte[] patch = patched(old, now);

    assertThat(patch.length).isLessThan(now.length / 4);
    assertThat(Pair.ops(patch)).anyMatch(op -> op instanceof Op.Unknown || op instanceof Op.Tensor);
  }

  private static byte[] model(long seed) {
    var random = new Random(7);
    int[] weights = Bytes.weights(Lane.F16, 6000, random);
    random.setSeed(seed);
    for (int i = 0; i < weights.length; i++) weights[i] += random.nextInt(-9, 10);
    return new Models.Safetensors().tensor("w", Lane.F16, weights, 60, 100).toBytes();
  }

  @Test
  void theSameFilesGiveTheSamePatchAlsoWhenManyAreMadeAtOnce() throws Exception {
    byte[] alone = patched(model(1), model(2));
    List<Callable<byte[]>> makers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Path own = Files.createDirectory(folder.resolve("own" + i));
      // The odd ones are another pair, to be in the way.
      int other = i % 2;
      makers.add(() -> new Pair(own, model(1 + other), model(2 + other)).patched());
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Future<byte[]>> made = threads.invokeAll(makers);
      for (int i = 0; i < 6; i += 2) assertThat(made.get(i).get()).isEqualTo(alone);
      assertThat(made.get(1).get()).isEqualTo(made.get(3).get()).isNotEqualTo(alone);
    }
  }

  @Test
  void nothingIsLeftBesideThePatch() throws Exception {
    patched(model(1), model(2));

    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("old", "now", "patch", "out");
    }
  }
}

package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.REPO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.client.oci.OciClient;
import dev.hatchery.client.oci.Patience;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A blob of 256 MiB passes through; nobody holds it. */
final class StreamingTest {
  private static final long SIZE = DataSize.mib(256).bytes();
  private static final Digest ZEROS =
      new Digest("a6d72ac7690f53be6ae46ba88506bd97302a093f7108472bd9efc3cefda06484");
  private static final RegistryLimits LIMITS =
      new RegistryLimits(DataSize.mib(256), DataSize.mib(4), 4, Duration.ofHours(1), 10, 100);

  /** Zeros, counted; before each read it checks that what came before is in a file already. */
  private static final class CountingStream extends InputStream {
    private final Path uploads;
    private long given;
    private long mostAtOnce;
    private long mostHeldBack;

    CountingStream(Path uploads) {
      this.uploads = uploads;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("one byte at a time is not streaming");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (given == SIZE) return -1;
      int n = (int) Math.min(length, SIZE - given);
      mostAtOnce = Math.max(mostAtOnce, n);
      mostHeldBack = Math.max(mostHeldBack, given - onDisk());
      Arrays.fill(buffer, offset, offset + n, (byte) 0);
      given += n;
      return n;
    }

    private long onDisk() throws IOException {
      try (Stream<Path> files = Files.list(uploads)) {
        List<Path> growing = files.toList();
        assertThat(growing).hasSize(1);
        return Files.size(growing.getFirst());
      }
    }
  }

  @Test
  void anUploadIsWrittenAsItComesAndADownloadIsReadFromTheFile(@TempDir Path folder)
      throws IOException {
    Digest digest = ZEROS;
    try (Bench bench = new Bench(folder, LIMITS, Rights.all("inspection"))) {
      var body = new CountingStream(folder.resolve("hatchery/uploads"));
      bench.call("POST", "/inspection/blobs/uploads/?digest=" + digest).body(body).answer(201);

      assertThat(body.given).isEqualTo(SIZE);
      assertThat(body.mostAtOnce).isLessThanOrEqualTo(1 << 16);
      assertThat(body.mostHeldBack).isZero();

      OciResponse response = bench.get("/" + REPO + "/blobs/" + digest).answer(200);
      assertThat(response.body()).isInstanceOf(OciResponse.Body.Slice.class);
      // From the file, from any offset: nothing before the last byte has to be read.
      OciResponse last =
          bench
              .get("/" + REPO + "/blobs/" + digest)
              .header("Range", "bytes=" + (SIZE - 1) + "-")
              .answer(206);
      assertThat(Bench.content(last)).containsExactly(0);
    }
  }

  @Test
  void clientAndRegistryMoveItInASmallHeap(@TempDir Path folder) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=16m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                LargeBlob.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String said;
    try (InputStream out = process.getInputStream()) {
      said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).endsWith("pushed and pulled " + SIZE + "\n");
  }

  /** Pushes a sparse file over HTTP and pulls it back, in a process of its own. */
  static final class LargeBlob {
    private LargeBlob() {}

    public static void main(String[] args) throws IOException {
      Path folder = Path.of(args[0]);
      Path file = folder.resolve("sparse");
      try (var out =
          Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        out.position(SIZE - 1).write(ByteBuffer.wrap(new byte[1]));
      }
      Digest digest = ZEROS;
      try (Bench bench = new Bench(folder.resolve("r"), LIMITS, Rights.all("inspection"));
          HttpRegistry http = new HttpRegistry(bench.api, Rights.all("inspection"));
          var client =
              new OciClient(
                  http.uri(),
                  Optional.of(HttpRegistry.TOKEN),
                  Optional.empty(),
                  Patience.usual())) {
        client.pushBlob(REPO, file, digest);
        Path back = folder.resolve("back");
        client.pullBlob(REPO, digest, SIZE, back);
        System.out.println("pushed and pulled " + Files.size(back));
      }
    }
  }
}

package dev.hatchery.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers send, and what comes of it: requests and answers. */
final class RequestTest {
  private static final Digest NAME = Digest.of(new byte[] {1});
  private static final String BLOB = "GET /blobs/" + NAME.hex() + " HTTP/1.1\r\n";

  private static Request parse(String head) throws Rejected {
    byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
    return Request.parse(bytes, bytes.length);
  }

  @Test
  void theFourKindsAreRead() throws Exception {
    assertThat(parse(BLOB + "Host: x\r\n\r\n"))
        .isEqualTo(new Request(true, new Request.Blob(NAME), Optional.empty(), true));
    assertThat(parse(BLOB + "Range: bytes=5-9\r\nConnection: close\r\n\r\n"))
        .isEqualTo(new Request(true, new Request.Blob(NAME), Optional.of(new Range(5, 9)), false));
    assertThat(parse("HEAD /blobs/" + NAME.hex() + " HTTP/1.0\r\nrange:bytes=5- \r\n\r\n"))
        .isEqualTo(
            new Request(
                false, new Request.Blob(NAME), Optional.of(new Range(5, Long.MAX_VALUE)), false));
    assertThat(parse("GET /have?n=" + NAME.hex() + "," + NAME.hex() + " HTTP/1.1\r\n\r\n").target())
        .isEqualTo(new Request.Have(List.of(NAME, NAME)));
  }

  @ParameterizedTest
  @CsvSource({
    "POST /blobs/N HTTP/1.1, 405",
    "DELETE /blobs/N HTTP/1.1, 405",
    "GET /blobs/x HTTP/1.1, 404",
    "GET /blobs/../../etc/passwd HTTP/1.1, 404",
    "GET /blobs/N/ HTTP/1.1, 404",
    "GET http://here/blobs/N HTTP/1.1, 404",
    "GET / HTTP/1.1, 404",
    "GET /have?n= HTTP/1.1, 404",
    "GET /have HTTP/1.1, 404",
    "GET  /blobs/N HTTP/1.1, 400",
    "GET /blobs/N HTTP/2.0, 400",
    "GET /blobs/N, 400",
    "get /blobs/N HTTP/1.1, 400",
  })
  void whatIsNotAnsweredIsRejectedForWhatItIs(String line, int status) {
    assertThatThrownBy(() -> parse(line.replace("N", NAME.hex()) + "\r\n\r\n"))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.status()).isEqualTo(status));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
        "Upgrade: h2c",
        "Range: bytes=0-1,4-5",
        "Range: bytes=-5",
        "Range: bytes=5-4",
        "Range: lines=1-2",
        "Range: bytes=1-2\r\nRange: bytes=1-2",
        "Range: bytes=1-9999999999999999",
        " folded: x",
        "no colon",
        "bad name: x",
        "a: b\nc: d",
        "a: \u0000",
      })
  void aHeaderThatCouldBeReadInTwoWaysIsRejected(String header) {
    assertThatThrownBy(() -> parse(BLOB + header + "\r\n\r\n"))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.status()).isEqualTo(400));
  }

  @Test
  void thereAreNotTooManyHeadersOrNames() {
    String headers = String.join("", Collections.nCopies(33, "a: b\r\n"));
    assertThatThrownBy(() -> parse(BLOB + headers + "\r\n"))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.status()).isEqualTo(431));
    String names = String.join(",", Collections.nCopies(17, NAME.hex()));
    assertThatThrownBy(() -> parse("GET /have?n=" + names + " HTTP/1.1\r\n\r\n"))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.status()).isEqualTo(404));
  }

  @Test
  void aRangeIsCutToWhatThereIs() throws Exception {
    assertThat(new Range(5, Long.MAX_VALUE).of(10)).isEqualTo(new Range(5, 9));
    assertThat(new Range(0, 3).of(10).length()).isEqualTo(4);
    assertThatThrownBy(() -> new Range(10, 12).of(10))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.status()).isEqualTo(416));
    assertThatThrownBy(() -> new Range(0, 0).of(0)).isInstanceOf(Rejected.class);
  }

  @Test
  void aHundredThousandMutatedRequestsAreReadOrRejected() {
    List<String> seeds =
        List.of(
            BLOB + "Host: 10.0.0.7:8474\r\nRange: bytes=1048576-2097151\r\n\r\n",
            "HEAD /blobs/" + NAME.hex() + " HTTP/1.1\r\nConnection: keep-alive\r\n\r\n",
            "GET /have?n=" + NAME.hex() + "," + NAME.hex() + " HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n");
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(17);
    int rejected = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes =
          mutated(seeds.get(i % seeds.size()).getBytes(StandardCharsets.ISO_8859_1), random);
      try {
        Request request = Request.parse(bytes, bytes.length);
        request.range().ifPresent(r -> assertThat(r.length()).isPositive());
      } catch (Rejected expected) {
        assertThat(expected.status()).isBetween(400, 499);
        rejected++;
      }
    }
    assertThat(rejected).isBetween(30_000, 99_999);
  }

  @Test
  void aHundredThousandMutatedAnswersAreReadOrTheNeighboursFault() {
    String seed =
        """
        HTTP/1.1 206 Partial
        Content-Range: bytes 0-9/10
        Content-Length: 10
        Connection: close
        """
            .replace("\n", "\r\n");
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(18);
    int broken = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = mutated(seed.getBytes(StandardCharsets.ISO_8859_1), random);
      try {
        Reply reply = Reply.parse(new String(bytes, StandardCharsets.ISO_8859_1));
        assertThat(reply.length()).isNotNegative();
      } catch (PeerFailure expected) {
        assertThat(expected.fault()).isEqualTo(Fault.BROKEN);
        broken++;
      }
    }
    assertThat(broken).isBetween(30_000, 99_999);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n",
        "ICY 200 OK\r\nContent-Length: 1\r\n",
      })
  void anAnswerThatCouldBeReadInTwoWaysIsTheNeighboursFault(String head) {
    assertThatThrownBy(() -> Reply.parse(head))
        .isInstanceOfSatisfying(
            PeerFailure.class, f -> assertThat(f.fault()).isEqualTo(Fault.BROKEN));
  }

  private static byte[] mutated(byte[] seed, RandomGenerator random) {
    List<Byte> bytes = new ArrayList<>();
    for (byte b : seed) bytes.add(b);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.size());
      switch (random.nextInt(5)) {
        case 0 -> bytes.set(at, (byte) random.nextInt());
        case 1 -> bytes.set(at, (byte) (bytes.get(at) ^ (1 << random.nextInt(8))));
        case 2 -> bytes.remove(at);
        case 3 -> bytes.add(at, (byte) "\r\n :,-/0".charAt(random.nextInt(8)));
        default -> {
          int n = Math.min(random.nextInt(24), bytes.size() - at);
          bytes.addAll(random.nextInt(bytes.size()), List.copyOf(bytes.subList(at, at + n)));
        }
      }
      if (bytes.isEmpty()) bytes.add((byte) 'G');
    }
    byte[] all = new byte[bytes.size()];
    for (int i = 0; i < all.length; i++) all[i] = bytes.get(i);
    return all;
  }
}

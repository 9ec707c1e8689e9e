package dev.hatchery.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final DataSize MAX = DataSize.kib(1);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://10.0.0.7:80",
        "http://hatchery.example",
        "http://127.0.0.1.example.org",
        "http://1:80",
        "http://[2001:db8::1]:80"
      })
  void withoutTlsOnlyLoopbackIsSpokenTo(String address) {
    assertThatThrownBy(() -> Connections.toServer(URI.create(address), List.of(), new WireMeter()))
        .hasMessageContaining("loopback");
    assertThat(Connections.isLoopback(URI.create("http://[::1]:80"))).isTrue();
    assertThat(Connections.isLoopback(URI.create("http://localhost:80"))).isTrue();
  }

  @Test
  void overTlsOnlyTheEnrolmentFilesCertificatesAreBelieved() throws Exception {
    KeyStore ours = keyStore("ours");
    KeyStore theirs = keyStore("theirs");
    HttpsServer server = tlsServer(ours, "TLSv1.3");
    URI address = URI.create("https://localhost:" + server.getAddress().getPort());
    try (Http good = Connections.toServer(address, List.of(pem(ours)), new WireMeter());
        Http wrong = Connections.toServer(address, List.of(pem(theirs)), new WireMeter())) {
      try (Reply reply = good.get("/x", Map.of(), PATIENCE)) {
        assertThat(reply.bytes(MAX, PATIENCE)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
      }
      assertThatThrownBy(() -> wrong.get("/x", Map.of(), PATIENCE))
          .isInstanceOfSatisfying(
              Refusal.class,
              r -> {
                assertThat(r.code()).isEqualTo(Code.UNREACHABLE);
                assertThat(r.problem().fix()).contains("enrolment file");
              });
    } finally {
      server.stop(0);
    }
    assertThatThrownBy(() -> Connections.toServer(address, List.of(), new WireMeter()))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.TRUST_MISSING));
  }

  @Test
  void olderTlsIsNotSpoken() throws Exception {
    KeyStore ours = keyStore("ours");
    HttpsServer server = tlsServer(ours, "TLSv1.2");
    URI address = URI.create("https://localhost:" + server.getAddress().getPort());
    try (Http http = Connections.toServer(address, List.of(pem(ours)), new WireMeter())) {
      assertThatThrownBy(() -> http.get("/x", Map.of(), PATIENCE))
          .isInstanceOfSatisfying(
              Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.UNREACHABLE));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatTheSocketCarriesIsCountedWithTlsAndAll() throws Exception {
    KeyStore ours = keyStore("ours");
    HttpsServer server = tlsServer(ours, "TLSv1.3");
    try (CountingRelay relay = new CountingRelay(server.getAddress().getPort())) {
      URI address = URI.create("https://localhost:" + relay.port());
      WireMeter meter = new WireMeter();
      try (Http http = Connections.toServer(address, List.of(pem(ours)), meter)) {
        for (int i = 0; i < 5; i++) {
          try (Reply reply = http.post("/x", Map.of(), new byte[5000], PATIENCE)) {
            reply.bytes(MAX, PATIENCE);
          }
        }
      }
      relay.ended();
      // Of the goodbye, one record each way may pass only one of the two meters.
      assertThat(meter.count().sent()).isCloseTo(relay.forth(), within(50L));
      assertThat(meter.count().received()).isCloseTo(relay.back(), within(50L));
      assertThat(meter.count().sent()).isGreaterThan(25_000);
      assertThat(meter.count().received()).isGreaterThan(500);
    } finally {
      server.stop(0);
    }
  }

  private KeyStore keyStore(String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process made =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-keystore",
                file.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    assertThat(made.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, "changeit".toCharArray());
    }
    return store;
  }

  private static String pem(KeyStore store) throws Exception {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(store.getCertificate("server").getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  private static HttpsServer tlsServer(KeyStore store, String protocol) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            var ssl = context.getDefaultSSLParameters();
            ssl.setProtocols(new String[] {protocol});
            parameters.setSSLParameters(ssl);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write("hello".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.start();
    return server;
  }

  private interface Answering {
    void answer(com.sun.net.httpserver.HttpExchange exchange)
        throws IOException, InterruptedException;
  }

  private static HttpServer plain(Answering answering) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answering.answer(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    return server;
  }

  private static Http to(HttpServer server) {
    return Connections.toService(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @Test
  void anAnswerWithoutEndIsCutOff() throws Exception {
    HttpServer server =
        plain(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              byte[] block = new byte[4096];
              try {
                while (true) exchange.getResponseBody().write(block);
              } catch (IOException theOtherHungUp) {
                // As it should.
              }
            });
    try (Http http = to(server);
        Reply reply = http.get("/", Map.of(), PATIENCE)) {
      assertThatThrownBy(() -> reply.bytes(MAX, PATIENCE))
          .isInstanceOfSatisfying(
              Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.TOO_LARGE));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anAnswerThatDawdlesIsGivenUp() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    HttpServer server =
        plain(
            exchange -> {
              exchange.sendResponseHeaders(200, 100);
              exchange.getResponseBody().write(new byte[10]);
              exchange.getResponseBody().flush();
              done.await();
            });
    try (Http http = to(server);
        Reply reply = http.get("/", Map.of(), PATIENCE)) {
      assertThatThrownBy(() -> reply.bytes(MAX, Duration.ofMillis(200)))
          .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.SLOW));
    } finally {
      done.countDown();
      server.stop(0);
    }
  }

  @Test
  void anAnswerThatBreaksOffIsTruncated() throws Exception {
    HttpServer server =
        plain(
            exchange -> {
              exchange.sendResponseHeaders(200, 100);
              exchange.getResponseBody().write(new byte[10]);
              exchange.getResponseBody().flush();
            });
    try (Http http = to(server);
        Reply reply = http.get("/", Map.of(), PATIENCE)) {
      assertThatThrownBy(() -> reply.bytes(MAX, PATIENCE))
          .isInstanceOfSatisfying(
              Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.TRUNCATED));
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/behind/a/proxy", "/behind/a/proxy/"})
  void pathsAreBelowTheAddress(String below) throws Exception {
    HttpServer server =
        plain(
            exchange -> {
              byte[] path = exchange.getRequestURI().toString().getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(200, path.length);
              exchange.getResponseBody().write(path);
            });
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + below);
    try (Http http = Connections.toService(address);
        Reply reply = http.get("/v2/x/blobs/sha256:0?wait=1", Map.of(), PATIENCE)) {
      assertThat(new String(reply.bytes(MAX, PATIENCE), StandardCharsets.UTF_8))
          .isEqualTo(below.replaceAll("/$", "") + "/v2/x/blobs/sha256:0?wait=1");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void nobodyThereIsUnreachable() throws Exception {
    HttpServer server = plain(exchange -> {});
    int port = server.getAddress().getPort();
    server.stop(0);
    try (Http http = Connections.toService(URI.create("http://127.0.0.1:" + port))) {
      assertThatThrownBy(() -> http.get("/model", Map.of(), PATIENCE))
          .isInstanceOfSatisfying(
              Refusal.class,
              r -> {
                assertThat(r.code()).isEqualTo(Code.UNREACHABLE);
                assertThat(r.problem().where())
                    .isEqualTo("GET http://127.0.0.1:" + port + "/model");
              });
    }
  }
}

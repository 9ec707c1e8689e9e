package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {
  @TempDir private Path folder;

  @Test
  void theEnrolmentFileCarriesWhatADeviceNeedsToKnowTheServer() throws Exception {
    try (var server = Server.start(options(true), Clock.systemUTC(), new SecureRandom())) {
      assertThat(server.address().getScheme()).isEqualTo("https");
      Secret token = server.newToken().orElseThrow();
      EnrolmentFile file;
      String pem = Files.readString(folder.resolve("tls/ca.pem"));
      try (var operator = new OperatorClient(server.address(), token, Optional.of(trusting(pem)))) {
        var keys = new OfflineKeys();
        operator.putTrust(keys.trust(1, operator.director().key(), keys.root));
        file = operator.enrolmentToken(new EnrolmentTokenRequest(1, Duration.ofHours(1))).file();
      }
      assertThat(file.caCertificates()).containsExactly(pem);
      assertThat(file.server()).isEqualTo(server.address());
      try (var stranger = new OperatorClient(server.address(), token, Optional.empty())) {
        Refused.refused(Code.UNREACHABLE, stranger::director);
      }
      tls13Only(server.address(), pem);
    }
  }

  @Test
  void theCertificateIsMadeOnceAndNobodyElseCanReadItsKey() throws Exception {
    String first;
    try (var _ = Server.start(options(true), Clock.systemUTC(), new SecureRandom())) {
      first = Files.readString(folder.resolve("tls/ca.pem"));
    }
    try (var _ = Server.start(options(true), Clock.systemUTC(), new SecureRandom())) {
      assertThat(Files.readString(folder.resolve("tls/ca.pem"))).isEqualTo(first);
    }
    assertThat(mode("tls")).isEqualTo("rwx------");
    assertThat(mode("tls/passphrase")).isEqualTo("rw-------");
    assertThat(mode("keys/director.pem")).isEqualTo("rw-------");
    assertThat(mode("keys/access-tokens.key")).isEqualTo("rw-------");
  }

  @Test
  void offLoopbackThereIsNothingButTls() throws Exception {
    assertThat(options(false).secure()).isFalse();
    var everywhere = Options.parse(List.of("--data", folder.toString(), "--listen", "0.0.0.0:0"));
    assertThat(everywhere.secure()).isTrue();
  }

  private void tls13Only(URI server, String pem) throws Exception {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    try (var socket = (SSLSocket) trusting(pem).getSocketFactory().createSocket()) {
      socket.connect(address);
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
    }
    try (var old = (SSLSocket) trusting(pem).getSocketFactory().createSocket()) {
      old.setEnabledProtocols(new String[] {"TLSv1.2"});
      old.connect(address);
      assertThatThrownBy(old::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
  }

  private Options options(boolean tls) {
    return new Options(
        folder,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Optional.empty(),
        tls,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(60),
        Options.DELTA_WAIT,
        Options.INTERLOCK,
        false);
  }

  private String mode(String file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file)));
  }

  private static SSLContext trusting(String pem) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    var in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    store.setCertificateEntry(
        "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}

package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.client.oci.OciClient;
import dev.hatchery.client.oci.Patience;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where the server is, and who asks. The token comes from a file or the environment, never from an
 * argument.
 */
final class Connection {
  private static final String DEFAULT_SERVER = "http://127.0.0.1:8080";

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "default: $HATCHERY_SERVER, then " + DEFAULT_SERVER)
  @Nullable URI server;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "holds the operator token; default: $HATCHERY_TOKEN_FILE, or the token itself in"
              + " $HATCHERY_TOKEN")
  @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "PEM",
      description = "the server's CA; default: $HATCHERY_CA")
  @Nullable Path ca;

  OperatorClient client(Terminal terminal) {
    return new OperatorClient(uri(terminal), token(terminal), tls(terminal));
  }

  OciClient registry(Terminal terminal) {
    return new OciClient(
        uri(terminal), Optional.of(token(terminal)), tls(terminal), Patience.usual());
  }

  private URI uri(Terminal terminal) {
    if (server != null) return server;
    return URI.create(terminal.variable("HATCHERY_SERVER").orElse(DEFAULT_SERVER));
  }

  private Secret token(Terminal terminal) {
    Optional<Path> file =
        Optional.ofNullable(tokenFile)
            .or(() -> terminal.variable("HATCHERY_TOKEN_FILE").map(Path::of));
    if (file.isPresent()) {
      return new Secret(new String(Disk.read(file.get()), StandardCharsets.US_ASCII).strip());
    }
    return terminal
        .variable("HATCHERY_TOKEN")
        .map(Secret::new)
        .orElseThrow(
            () ->
                Refusal.of(Code.UNAUTHENTICATED, "this command needs the operator token")
                    .fix(
                        "--token-file FILE, or set HATCHERY_TOKEN_FILE; the server shows the token"
                            + " on its first start"));
  }

  private Optional<SSLContext> tls(Terminal terminal) {
    return Optional.ofNullable(ca)
        .or(() -> terminal.variable("HATCHERY_CA").map(Path::of))
        .map(Connection::trusting);
  }

  private static SSLContext trusting(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int n = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca" + n++, certificate);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a CA certificate")
          .at(pem.toString())
          .expected("PEM")
          .got(e.getMessage())
          .cause(e);
    }
  }
}

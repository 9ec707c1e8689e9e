package dev.hatchery.agent.http;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** Makes clients. */
public final class Connections {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(15);
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[(::|0:0:0:0:0:0:0:)1]");

  private Connections() {}

  /**
   * To the server: TLS 1.3 with no other trust anchors than these. Without TLS only on loopback.
   *
   * @param caCertificates PEM
   * @param meter counts what these connections carry
   */
  public static Http toServer(URI server, List<String> caCertificates, WireMeter meter) {
    if ("http".equals(server.getScheme())) {
      requireLoopback(server);
      return plain(server, new PlainMeter(meter));
    }
    var parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    SSLContext metered = new MeteredTls(trusting(caCertificates), meter);
    return new Http(
        builder().sslContext(metered).sslParameters(parameters).build(), server, PlainMeter.NONE);
  }

  /**
   * To the site's cache, which is trusted with nothing: what it gives is known by its digest.
   *
   * @param caCertificates PEM; for one that speaks TLS
   */
  public static Http toCache(URI cache, List<String> caCertificates) {
    return "http".equals(cache.getScheme())
        ? plain(cache, PlainMeter.NONE)
        : toServer(cache, caCertificates, new WireMeter());
  }

  /** To a service on this device. */
  public static Http toService(URI service) {
    requireLoopback(service);
    return plain(service, PlainMeter.NONE);
  }

  private static Http plain(URI address, PlainMeter meter) {
    return new Http(builder().proxy(HttpClient.Builder.NO_PROXY).build(), address, meter);
  }

  public static boolean isLoopback(URI uri) {
    return uri.getHost() != null && LOOPBACK.matcher(uri.getHost()).matches();
  }

  private static void requireLoopback(URI uri) {
    if ("http".equals(uri.getScheme()) && isLoopback(uri)) return;
    throw Refusal.of(Code.BAD_INPUT, "without TLS only loopback is spoken to")
        .expected("http://127.0.0.1:port, or https for another machine")
        .got(uri);
  }

  private static HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT_MAX)
        .executor(Executors.newVirtualThreadPerTaskExecutor());
  }

  private static SSLContext trusting(List<String> pems) {
    if (pems.isEmpty()) {
      throw Refusal.of(Code.TRUST_MISSING, "there is no certificate to know the server by")
          .expected("caCertificates in the enrolment file")
          .fix("have the server write a new enrolment file");
    }
    try {
      var factory = CertificateFactory.getInstance("X.509");
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      for (String pem : pems) {
        byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
        for (Certificate c : factory.generateCertificates(new ByteArrayInputStream(bytes))) {
          anchors.setCertificateEntry("ca-" + anchors.size(), c);
        }
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(anchors);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw Refusal.of(Code.BAD_INPUT, "the enrolment file's certificates cannot be read").cause(e);
    }
  }
}

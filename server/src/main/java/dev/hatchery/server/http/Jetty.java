package dev.hatchery.server.http;

import io.javalin.config.JettyConfig;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** The connector: limits, TLS 1.3 only, and errors below the routes as problem documents too. */
final class Jetty {
  private static final long STOP_MILLIS = 1_500;
  private static final long STOP_IDLE_MILLIS = 100;

  private Jetty() {}

  static void configure(JettyConfig jetty, InetSocketAddress address, Optional<Tls> tls) {
    jetty.modifyServer(
        server -> {
          server.setStopTimeout(STOP_MILLIS);
          server.setErrorHandler(new Problems());
          server.addBean(new NetworkConnectionLimit(Limits.CONNECTIONS, server));
        });
    jetty.addConnector((server, _) -> connector(server, address, tls));
  }

  private static ServerConnector connector(
      Server server, InetSocketAddress address, Optional<Tls> tls) {
    var http = new HttpConnectionFactory(configuration(tls.isPresent()));
    var connector =
        tls.isEmpty()
            ? new ServerConnector(server, 1, 1, http)
            : new ServerConnector(
                server, 1, 1, new SslConnectionFactory(ssl(tls.get()), "http/1.1"), http);
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(Limits.IDLE.toMillis());
    connector.setShutdownIdleTimeout(STOP_IDLE_MILLIS); // kept-alive connections hold up no stop
    connector.setAcceptQueueSize(Limits.ACCEPT_QUEUE);
    return connector;
  }

  private static HttpConfiguration configuration(boolean secure) {
    var http = new HttpConfiguration();
    http.setRequestHeaderSize((int) Limits.HEADERS.bytes());
    http.setResponseHeaderSize((int) Limits.HEADERS.bytes());
    http.setSendServerVersion(false);
    if (secure) {
      var customizer = new SecureRequestCustomizer();
      customizer.setSniHostCheck(false); // devices may know the server by an address of their own
      http.addCustomizer(customizer);
    }
    return http;
  }

  private static SslContextFactory.Server ssl(Tls tls) {
    var ssl = new SslContextFactory.Server();
    ssl.setKeyStoreType("PKCS12");
    ssl.setKeyStorePath(tls.keystore());
    ssl.setKeyStorePassword(tls.passphrase().reveal());
    ssl.setIncludeProtocols("TLSv1.3");
    return ssl;
  }

  /** What Jetty refuses by itself: broken requests, headers that are too large. */
  private static final class Problems extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      byte[] body = body(response.getStatus());
      response.getHeaders().put("Content-Type", "application/problem+json");
      response.write(true, java.nio.ByteBuffer.wrap(body), callback);
      return true;
    }

    private static byte[] body(int status) {
      String code = status == 431 || status == 413 || status == 414 ? "TOO_LARGE" : "BAD_INPUT";
      return ("{\"type\":\"urn:hatchery:problem:"
              + code.toLowerCase(java.util.Locale.ROOT)
              + "\",\"title\":\"this is not a request that the server reads\",\"status\":"
              + status
              + ",\"code\":\""
              + code
              + "\"}")
          .getBytes(StandardCharsets.UTF_8);
    }
  }
}

package dev.hatchery.agent.http;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * A TLS context whose engines are {@linkplain MeteredEngine metered}. The JDK's client lets nobody
 * near its sockets, but everything that goes in or comes out of one passes through an engine.
 */
final class MeteredTls extends SSLContext {
  MeteredTls(SSLContext context, WireMeter meter) {
    super(new Spi(context, meter), context.getProvider(), context.getProtocol());
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext context;
    private final WireMeter meter;

    Spi(SSLContext context, WireMeter meter) {
      this.context = context;
      this.meter = meter;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("made ready before it was metered");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      throw new UnsupportedOperationException("a socket would not be metered");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw new UnsupportedOperationException("a socket would not be metered");
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return new MeteredEngine(context.createSSLEngine(), meter);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return new MeteredEngine(context.createSSLEngine(host, port), meter);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return context.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return context.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return context.getSupportedSSLParameters();
    }
  }
}

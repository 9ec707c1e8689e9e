package dev.hatchery.server;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.server.auth.Tokens;
import dev.hatchery.server.http.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The server's certificate: given, or made on the first start with the JDK's own keytool. Devices
 * pin what {@code ca.pem} holds; the enrolment file carries it to them.
 */
final class Certificates {
  private static final int YEARS_10 = 3650;
  private static final int KEYTOOL_SECONDS = 60;

  private Certificates() {}

  /** The keystore that the options name, or our own. */
  static Tls open(Options options, Path folder, RandomGenerator random) {
    try {
      Tls tls =
          options.keystore().isPresent()
              ? new Tls(options.keystore().get(), read(options.passphraseFile().orElseThrow()))
              : own(options, folder, random);
      Files.writeString(folder.resolve("ca.pem"), String.join("", pem(tls)));
      return tls;
    } catch (IOException e) {
      throw DataFolder.storage(folder, e);
    }
  }

  /** The last certificate of each chain, which is what devices pin. */
  static List<String> pem(Tls tls) {
    try (InputStream in = Files.newInputStream(tls.keystore())) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, tls.passphrase().reveal().toCharArray());
      List<String> pem = new ArrayList<>();
      for (String alias : java.util.Collections.list(store.aliases())) {
        Certificate[] chain = store.getCertificateChain(alias);
        if (chain != null) pem.add(pem(chain[chain.length - 1]));
      }
      return pem;
    } catch (IOException | GeneralSecurityException e) {
      // No cause: it might quote the passphrase.
      throw Refusal.of(Code.BAD_INPUT, "this keystore cannot be read")
          .at(tls.keystore().toString())
          .expected("PKCS#12 with a key and its certificates")
          .fix("check the file and its passphrase file");
    }
  }

  private static Tls own(Options options, Path folder, RandomGenerator random) throws IOException {
    Path keystore = folder.resolve("server.p12");
    Path passphrase = folder.resolve("passphrase");
    if (!Files.exists(passphrase)) {
      String secret = Tokens.make("", random).reveal();
      DataFolder.writeSecret(passphrase, secret.getBytes(StandardCharsets.US_ASCII));
    }
    if (!Files.exists(keystore)) {
      Path draft = folder.resolve("server.p12.new");
      Files.deleteIfExists(draft);
      keytool(draft, passphrase, names(options));
      DataFolder.publish(draft, keystore);
    }
    return new Tls(keystore, read(passphrase));
  }

  // The passphrase goes by file: an argument would be everybody's to read.
  private static void keytool(Path keystore, Path passphrase, Set<String> names)
      throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "hatchery",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=Hatchery server",
                "-validity",
                Integer.toString(YEARS_10),
                "-ext",
                "SAN=" + String.join(",", names),
                "-storetype",
                "PKCS12",
                "-keystore",
                keystore.toString(),
                "-storepass:file",
                passphrase.toString())
            .redirectErrorStream(true)
            .start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) return;
      throw Refusal.of(Code.STORAGE, "keytool could not make a certificate").got(said.strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Set<String> names(Options options) throws IOException {
    Set<String> names = new LinkedHashSet<>(List.of("dns:localhost", "ip:127.0.0.1"));
    names.add("dns:" + InetAddress.getLocalHost().getHostName());
    InetAddress listen = options.listen().getAddress();
    if (!listen.isAnyLocalAddress()) names.add("ip:" + plain(listen));
    else {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLinkLocalAddress())
          .forEach(address -> names.add("ip:" + plain(address)));
    }
    Optional<String> host =
        options.publicUrl().map(url -> url.getHost().replaceAll("[\\[\\]]", ""));
    host.ifPresent(h -> names.add((h.matches("[0-9.]+|.*:.*") ? "ip:" : "dns:") + h));
    return names;
  }

  private static String plain(InetAddress address) {
    return address.getHostAddress().replaceAll("%.*", "");
  }

  private static Secret read(Path file) throws IOException {
    return new Secret(Files.readString(file).strip());
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
    return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
  }
}

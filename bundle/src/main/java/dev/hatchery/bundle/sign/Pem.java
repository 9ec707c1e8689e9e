package dev.hatchery.bundle.sign;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** RFC 7468 in its strict form: one block, no headers, nothing but white space around it. */
final class Pem {
  /** A key of ours has at most a few hundred bytes. */
  static final int MAX = 16 * 1024;

  private Pem() {}

  static String write(String label, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  /**
   * The block's bytes.
   *
   * @param source what this is, for messages; the content itself may be a secret and is never shown
   */
  static byte[] read(String label, String text, String source) {
    if (text.length() > MAX) throw refused(label, source).got("more than " + MAX + " characters");
    List<String> lines = text.strip().lines().map(String::strip).toList();
    String begin = "-----BEGIN " + label + "-----";
    if (lines.size() < 3 || !lines.getFirst().equals(begin)) {
      throw refused(label, source).got(kind(lines));
    }
    if (!lines.getLast().equals("-----END " + label + "-----")) {
      throw refused(label, source).got("a block without its end");
    }
    try {
      return Base64.getDecoder().decode(String.join("", lines.subList(1, lines.size() - 1)));
    } catch (IllegalArgumentException e) {
      // No cause: its message would quote a character of what may be a private key.
      throw refused(label, source).got("a body that is not base64");
    }
  }

  private static Refusal refused(String label, String source) {
    return Refusal.of(Code.WRONG_KEY, "this is not a key that Hatchery reads")
        .at(source)
        .expected("one PEM block of the type " + label);
  }

  // Only labels that exist are echoed; the rest of the file may be a secret.
  private static String kind(List<String> lines) {
    List<String> known =
        List.of(
            "PRIVATE KEY",
            "PUBLIC KEY",
            "ENCRYPTED PRIVATE KEY",
            "EC PRIVATE KEY",
            "RSA PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "ENCRYPTED SIGSTORE PRIVATE KEY",
            "CERTIFICATE");
    return known.stream()
        .filter(label -> !lines.isEmpty() && lines.getFirst().equals(begin(label)))
        .map(label -> "a block of the type " + label)
        .findFirst()
        .orElse("something else");
  }

  private static String begin(String label) {
    return "-----BEGIN " + label + "-----";
  }

  /** Overwrites key material that is no longer needed. */
  static void wipe(byte[] secret) {
    Arrays.fill(secret, (byte) 0);
  }
}

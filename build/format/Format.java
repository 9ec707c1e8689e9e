import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks or writes the format of every Java source below a folder: {@code Format check|write DIR}.
 *
 * <p>Texts that were found well-formatted are remembered by their hash in {@code
 * DIR/target/formatted}, so that a build looks at what has changed only.
 */
final class Format {
  private final Path remembered;
  private final Set<String> known;
  private final Set<String> seen = new TreeSet<>();
  private final String formatter;

  private Format(Path root) throws Exception {
    remembered = root.resolve("target/formatted");
    known = Files.exists(remembered) ? Set.copyOf(Files.readAllLines(remembered)) : Set.of();
    // Another version may want another format.
    formatter = Formatter.class.getProtectionDomain().getCodeSource().getLocation().getPath();
  }

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[1]);
    System.exit(new Format(root).all(root, args[0].equals("write")));
  }

  private int all(Path root, boolean write) throws Exception {
    var google = new Formatter();
    List<Path> off = new ArrayList<>();
    for (Path source : sources(root)) {
      String text = Files.readString(source);
      if (known.contains(hash(text))) {
        seen.add(hash(text));
        continue;
      }
      String formatted;
      try {
        formatted = google.formatSourceAndFixImports(text);
      } catch (Exception e) {
        System.err.println(source + ": " + e.getMessage());
        return 1;
      }
      if (formatted.equals(text) || write) {
        if (!formatted.equals(text)) Files.writeString(source, formatted);
        seen.add(hash(formatted));
      } else {
        off.add(source);
      }
    }
    remember();
    if (off.isEmpty()) return 0;
    off.forEach(p -> System.err.println("not formatted: " + p));
    System.err.println("format them: mvn process-sources -N -Dformat.mode=write");
    return 1;
  }

  private static List<Path> sources(Path root) throws IOException {
    try (var walk = Files.walk(root)) {
      return walk.filter(p -> p.toString().endsWith(".java"))
          .filter(p -> !p.toString().contains("/target/"))
          .sorted()
          .toList();
    }
  }

  private String hash(String text) throws Exception {
    var sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(formatter.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  // Two builds may end at once: each leaves a whole file.
  private void remember() throws IOException {
    if (seen.equals(known)) return;
    Files.createDirectories(remembered.getParent());
    Path aside = Files.createTempFile(remembered.getParent(), "formatted", null);
    Files.write(aside, seen);
    Files.move(aside, remembered, StandardCopyOption.ATOMIC_MOVE);
  }
}

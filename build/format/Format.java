import com.google.googlejavaformat.java.Formatter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks or writes the format of every Java source below a folder: {@code Format check|write DIR}.
 */
final class Format {
  private Format() {}

  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    List<Path> sources;
    try (var walk = Files.walk(root)) {
      sources =
          walk.filter(p -> p.toString().endsWith(".java"))
              .filter(p -> !p.toString().contains("/target/"))
              .sorted()
              .toList();
    }
    var formatter = new Formatter();
    List<Path> off = new ArrayList<>();
    for (Path source : sources) {
      String text = Files.readString(source);
      String formatted;
      try {
        formatted = formatter.formatSourceAndFixImports(text);
      } catch (Exception e) {
        System.err.println(source + ": " + e.getMessage());
        System.exit(1);
        return;
      }
      if (formatted.equals(text)) continue;
      if (write) Files.writeString(source, formatted);
      else off.add(source);
    }
    if (off.isEmpty()) return;
    off.forEach(p -> System.err.println("not formatted: " + p));
    System.err.println("format them: mvn process-sources -N -Dformat.mode=write");
    System.exit(1);
  }
}

package dev.hatchery.cli.bench;

import dev.hatchery.delta.BadPatch;
import dev.hatchery.delta.PatchFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;

/**
 * Applies a patch in a process of its own and says what memory it took: how far the process's peak
 * ({@code VmHWM} of Linux) rose above what the idle decoder had, file mappings excluded.
 *
 * <p>The idle decoder is this process after it has applied a tiny patch a few times, so that its
 * classes are loaded and its code compiled, and after garbage collection, which gives the tiny
 * patch's tables back. Then the peak is set back ({@code 5} to {@code /proc/self/clear_refs}), and
 * all that the decoder needs for the patch counts: tables, windows, garbage, and what the compiler
 * takes meanwhile. File mappings ({@code RssFile}: the JVM's own libraries) are taken off before
 * and after.
 */
public final class ApplyMeter {
  private static final int WARM = 50;

  private ApplyMeter() {}

  /**
   * What was read.
   *
   * @param peakBytes how far the peak rose
   */
  public record Reading(double seconds, long peakBytes) {
    String line() {
      return "seconds " + seconds + " peak " + peakBytes;
    }

    static Reading parse(String line) {
      try (Scanner in = new Scanner(line).useLocale(java.util.Locale.ROOT)) {
        in.next("seconds");
        double seconds = in.nextDouble();
        in.next("peak");
        return new Reading(seconds, in.nextLong());
      }
    }
  }

  /** Arguments: OLD PATCH OUT, and then OLD PATCH OUT of the tiny one; OLD may be -. */
  public static void main(String[] arguments) throws IOException, BadPatch {
    List<Path> files = List.of(arguments).stream().map(Path::of).toList();
    for (int i = 0; i < WARM; i++) apply(files.subList(3, 6));
    System.gc();
    Memory idle = Memory.afterReset();
    long begin = System.nanoTime();
    apply(files.subList(0, 3));
    double seconds = (System.nanoTime() - begin) / 1e9;
    Memory after = Memory.now();
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println(new Reading(seconds, Math.max(0, after.bytes() - idle.bytes())).line());
  }

  private static void apply(List<Path> files) throws IOException, BadPatch {
    Path old = files.get(0);
    PatchFile.apply(old.toString().equals("-") ? null : old, files.get(1), files.get(2));
  }

  /** Kilobytes, as the kernel tells them. */
  private record Memory(long peak, long mapped) {
    long bytes() {
      return (peak - mapped) * 1024;
    }

    static Memory afterReset() throws IOException {
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
      return now();
    }

    static Memory now() throws IOException {
      long peak = 0;
      long mapped = 0;
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) peak = number(line);
        if (line.startsWith("RssFile:")) mapped = number(line);
      }
      return new Memory(peak, mapped);
    }

    private static long number(String line) {
      return Long.parseLong(line.replaceAll("\\D", ""));
    }
  }
}

package dev.hatchery.agent.telemetry;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Readings;
import dev.hatchery.core.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus text (exposition format 0.0.4; OpenMetrics' exemplars and EOF are passed over). A
 * foreign process writes it, so nothing in it can do harm: lines that are not metrics are skipped,
 * metrics that nobody asked for are not kept, and everything has a limit. Several series of one
 * metric are added up.
 */
public final class Exposition {
  /** A larger page is not read. */
  public static final DataSize MAX = DataSize.mib(1);

  private static final int MAX_LINE = 4096;
  private static final int MAX_LINES = 20_000;
  private static final int MAX_LABELS = 64;
  private static final int MAX_BUCKETS = 512;
  private static final int MAX_VALUES = 64;
  private static final int MAX_KINDS = Readings.BINS_MAX;

  // Counters are doubles on the wire: beyond this they no longer count one by one.
  private static final double MAX_COUNT = 1L << 53;

  private final MetricNames names;
  private final Map<String, Double> sums = new HashMap<>();
  private final Map<String, Map<String, Long>> bins = new TreeMap<>();
  private final Map<String, Scrape.Sum> values = new HashMap<>();
  private final Map<Double, Double> buckets = new TreeMap<>();
  private final Set<String> bundles = new HashSet<>();

  private Exposition(MetricNames names) {
    this.names = names;
  }

  /** Reads a page; of one that is larger than {@link #MAX} only that much. */
  public static Scrape read(byte[] page, MetricNames names) {
    int length = (int) Math.min(page.length, MAX.bytes());
    var exposition = new Exposition(names);
    exposition.lines(new String(page, 0, length, StandardCharsets.UTF_8));
    return exposition.scrape();
  }

  private void lines(String text) {
    int from = 0;
    for (int n = 0; n < MAX_LINES && from < text.length(); n++) {
      int end = text.indexOf('\n', from);
      if (end < 0) end = text.length();
      if (end - from <= MAX_LINE) line(text.substring(from, end));
      from = end + 1;
    }
  }

  private void line(String line) {
    if (line.isEmpty() || line.charAt(0) == '#') return;
    int end = nameEnd(line);
    String name = line.substring(0, end);
    if (!wanted(name)) return;
    Map<String, String> labels = new HashMap<>();
    int after = labels(line, end, labels);
    if (after < 0) return;
    OptionalDouble value = value(line.substring(after));
    value.ifPresent(v -> take(name, labels, v));
  }

  private boolean wanted(String name) {
    return name.equals(names.requests())
        || name.equals(names.errors())
        || name.equals(names.inputs())
        || name.equals(names.info())
        || name.equals(names.started())
        || name.equals(names.latency() + "_bucket")
        || name.startsWith(names.bins())
        || names.readings().wants(name);
  }

  private void take(String name, Map<String, String> labels, double value) {
    if (name.equals(names.info())) {
      if (value == 1) bundles.add(labels.getOrDefault("bundle", ""));
    } else if (name.equals(names.latency() + "_bucket")) {
      OptionalDouble bound = value(labels.getOrDefault("le", ""));
      if (bound.isPresent() && (buckets.size() < MAX_BUCKETS || has(bound.getAsDouble()))) {
        buckets.merge(bound.getAsDouble(), value, Double::sum);
      }
    } else if (name.startsWith(names.bins())) {
      bin(name.substring(names.bins().length()), labels.getOrDefault("bin", ""), value);
    } else if (names.readings().wants(name)) {
      value(name, value);
    }
    if (counted(name)) sums.merge(name, value, Double::sum);
  }

  private void bin(String kind, String bin, double value) {
    if (bin.isEmpty() || !(value >= 0 && value <= MAX_COUNT)) return;
    String name = kind.replace("_total", "").replace('_', '-');
    if (bins.size() >= MAX_KINDS && !bins.containsKey(name)) return;
    Map<String, Long> counts = bins.computeIfAbsent(name, _ -> new TreeMap<>());
    if (counts.size() >= MAX_BUCKETS && !counts.containsKey(bin)) return;
    counts.merge(bin, Math.round(value), Long::sum);
  }

  private Map<Name, Map<String, Long>> namedBins() {
    Map<Name, Map<String, Long>> named = new TreeMap<>();
    bins.forEach(
        (name, counts) -> {
          try {
            named.put(new Name(name), counts);
          } catch (Refusal noName) {
            // A service may call its metrics what it likes; this one is none of ours.
          }
        });
    return named;
  }

  // A counter may be what a reading is made of as well.
  private boolean counted(String name) {
    return name.equals(names.requests())
        || name.equals(names.errors())
        || name.equals(names.inputs())
        || name.equals(names.started());
  }

  private void value(String name, double value) {
    if (Double.isInfinite(value)) return;
    if (values.size() >= MAX_VALUES && !values.containsKey(name)) return;
    values.merge(
        name,
        new Scrape.Sum(value, 1),
        (a, b) -> new Scrape.Sum(a.value() + b.value(), a.series() + 1));
  }

  private boolean has(double bound) {
    return buckets.containsKey(bound);
  }

  private static int nameEnd(String line) {
    int i = 0;
    while (i < line.length() && nameChar(line.charAt(i))) i++;
    return i;
  }

  private static boolean nameChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == ':';
  }

  // Returns where the value begins; -1 when this is not a metric.
  private static int labels(String line, int from, Map<String, String> labels) {
    int i = skipBlanks(line, from);
    if (i >= line.length() || line.charAt(i) != '{') return i;
    i = skipBlanks(line, i + 1);
    while (i < line.length() && line.charAt(i) != '}') {
      i = label(line, i, labels);
      if (i < 0 || labels.size() > MAX_LABELS) return -1;
      i = skipBlanks(line, i);
      if (i < line.length() && line.charAt(i) == ',') i = skipBlanks(line, i + 1);
    }
    return i < line.length() ? i + 1 : -1;
  }

  private static int label(String line, int from, Map<String, String> labels) {
    int equals = line.indexOf('=', from);
    if (equals < 0) return -1;
    int i = skipBlanks(line, equals + 1);
    if (i >= line.length() || line.charAt(i) != '"') return -1;
    var value = new StringBuilder();
    for (i++; i < line.length() && line.charAt(i) != '"'; i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        char escaped = line.charAt(++i);
        value.append(escaped == 'n' ? '\n' : escaped);
      } else {
        value.append(c);
      }
    }
    labels.put(line.substring(from, equals).strip(), value.toString());
    return i < line.length() ? i + 1 : -1;
  }

  private static int skipBlanks(String line, int from) {
    int i = from;
    while (i < line.length() && (line.charAt(i) == ' ' || line.charAt(i) == '\t')) i++;
    return i;
  }

  // Up to the first blank; what follows is a timestamp or an exemplar.
  private static OptionalDouble value(String text) {
    String stripped = text.strip();
    int end = 0;
    while (end < stripped.length() && stripped.charAt(end) > ' ') end++;
    String word = stripped.substring(0, end);
    try {
      double value =
          switch (word) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "" -> Double.NaN;
            default -> Double.parseDouble(word);
          };
      return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private Scrape scrape() {
    return new Scrape(
        count(sums.get(names.requests())),
        count(sums.get(names.errors())),
        count(sums.get(names.inputs())),
        cumulative(),
        bundle(),
        started(),
        values,
        namedBins());
  }

  private static OptionalLong count(@Nullable Double value) {
    return value == null || !(value >= 0 && value <= MAX_COUNT)
        ? OptionalLong.empty()
        : OptionalLong.of(Math.round(value));
  }

  private Map<Double, Long> cumulative() {
    Map<Double, Long> counts = new TreeMap<>();
    buckets.forEach((bound, n) -> count(n).ifPresent(c -> counts.put(bound, c)));
    return counts;
  }

  // Two answers are no answer.
  private Optional<Digest> bundle() {
    if (bundles.size() != 1) return Optional.empty();
    try {
      return Optional.of(Digest.parse(bundles.iterator().next()));
    } catch (Refusal noDigest) {
      return Optional.empty();
    }
  }

  private OptionalDouble started() {
    Double value = sums.get(names.started());
    return value == null || value.isInfinite() || value <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(value);
  }
}

package dev.hatchery.formats;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the scales of safetensors' quantised tensors by name, since that format has no other link:
 * {@code w_scale} or {@code w.scale} beside {@code w}, {@code w_scale} beside {@code w_quantized},
 * {@code w_s} beside {@code w_q}; zero points likewise. A guess counts only where type and number
 * fit.
 */
final class NamedScales {
  private final Map<String, Safetensors.Entry> byName = new HashMap<>();
  private final long data;

  /** How a name's ending becomes that of its scales and zero points. */
  private record Custom(String ending, String scales, String zeroPoints) {}

  private static final List<Custom> CUSTOMS =
      List.of(
          new Custom("_quantized", "_scale", "_zero_point"),
          new Custom("_q", "_s", "_z"),
          new Custom("", "_scale", "_zero_point"),
          new Custom("", ".scale", ".zero_point"));

  NamedScales(List<Safetensors.Entry> entries, long data) {
    entries.forEach(e -> byName.put(e.name(), e));
    this.data = data;
  }

  Optional<Scaling> of(Safetensors.Entry weight) {
    if (!weight.type().isQuantized() || weight.shape().isEmpty()) return Optional.empty();
    return CUSTOMS.stream()
        .filter(c -> weight.name().endsWith(c.ending))
        .flatMap(c -> scaling(weight, c).stream())
        .findFirst();
  }

  private Optional<Scaling> scaling(Safetensors.Entry weight, Custom custom) {
    String stem = weight.name().substring(0, weight.name().length() - custom.ending.length());
    Safetensors.Entry scales = byName.get(stem + custom.scales);
    if (scales == null || !scales.type().isFloat()) return Optional.empty();
    long count = scales.length() / scales.type().bytesPerBlock();
    Optional<Integer> axis = axis(weight.shape(), count);
    Safetensors.Entry zeros = byName.get(stem + custom.zeroPoints);
    if (axis.isEmpty() || (zeros != null && !fits(zeros, count))) return Optional.empty();
    return Optional.of(
        new Scaling(
            data + scales.begin(),
            (int) count,
            scales.type(),
            axis.get(),
            0,
            Optional.ofNullable(zeros)
                .map(z -> new ZeroPoints.Stored(data + z.begin(), (int) count, z.type()))));
  }

  private static boolean fits(Safetensors.Entry zeros, long count) {
    return zeros.type().valuesPerBlock() == 1
        && zeros.length() / zeros.type().bytesPerBlock() == count;
  }

  // One for all, or one for each output channel, which PyTorch keeps first, or for each of the
  // last.
  private static Optional<Integer> axis(List<Long> shape, long count) {
    if (count < 1 || count > Integer.MAX_VALUE) return Optional.empty();
    if (count == 1) return Optional.of(-1);
    if (shape.getFirst() == count) return Optional.of(0);
    if (shape.getLast() == count) return Optional.of(shape.size() - 1);
    return Optional.empty();
  }
}

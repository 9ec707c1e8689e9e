package dev.hatchery.delta.make;

import dev.hatchery.delta.Lane;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.Parameters;
import dev.hatchery.delta.make.FrameBuilder.Planned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Vectors of the new file that are another one of it times a number, to the last bit. Quantisers
 * make the scale of a bias so: that of the weight times that of the input. Such a vector costs
 * nothing.
 */
final class Products {
  private static final int MAX_LENGTH = 1 << 16;
  private static final int CANDIDATES = 8;
  private static final int NEIGHBOURS = 3;

  private final Map<Part, Part> sources = new HashMap<>();
  private final Map<Part, Float> factors = new HashMap<>();
  private final Set<Part> asked = new HashSet<>();

  /** Finds them among the parts of a file. */
  static Products of(Mapped now, Layout after) {
    Products products = new Products();
    Map<String, List<Part>> alike = new HashMap<>();
    for (Part part : after.all()) {
      if (part.lane() != Lane.F32 || part.lanes() < 3 || part.lanes() > MAX_LENGTH) continue;
      float[] numbers = floats(now, part);
      if (!(numbers[0] != 0) || !(numbers[1] != 0)) continue;
      // Multiples of one another have the same first ratio, but for rounding.
      long ratio = Math.round(Math.log(Math.abs(numbers[1] / (double) numbers[0])) * 1e5);
      products.find(now, part, numbers, alike, ratio);
      alike.computeIfAbsent(part.lanes() + " " + ratio, _ -> new ArrayList<>()).add(part);
    }
    return products;
  }

  private void find(
      Mapped now, Part part, float[] numbers, Map<String, List<Part>> alike, long ratio) {
    for (long near = ratio - 1; near <= ratio + 1; near++) {
      List<Part> candidates = alike.getOrDefault(part.lanes() + " " + near, List.of());
      for (Part candidate : candidates.subList(0, Math.min(CANDIDATES, candidates.size()))) {
        // What is a product itself is not waited for.
        if (sources.containsKey(candidate)) continue;
        Optional<Float> factor = factor(floats(now, candidate), numbers);
        if (factor.isPresent()) {
          sources.put(part, candidate);
          asked.add(candidate);
          factors.put(part, factor.get());
          return;
        }
      }
    }
  }

  private static Optional<Float> factor(float[] of, float[] wanted) {
    float guess = (float) (wanted[0] / (double) of[0]);
    for (int i = -NEIGHBOURS; i <= NEIGHBOURS; i++) {
      float factor = Float.intBitsToFloat(Float.floatToRawIntBits(guess) + i);
      if (fits(of, wanted, factor)) return Optional.of(factor);
    }
    return Optional.empty();
  }

  private static boolean fits(float[] of, float[] wanted, float factor) {
    for (int i = 0; i < of.length; i++) {
      float product = (float) (of[i] * (double) factor);
      if (Float.floatToRawIntBits(product) != Float.floatToRawIntBits(wanted[i])) return false;
    }
    return true;
  }

  private static float[] floats(Mapped now, Part part) {
    int[] lanes = Lanes.read(now, Lane.F32, part.at(), (int) part.lanes());
    float[] numbers = new float[lanes.length];
    for (int i = 0; i < lanes.length; i++) numbers[i] = (float) Lane.F32.value(lanes[i]);
    return numbers;
  }

  boolean isSource(Part part) {
    return asked.contains(part);
  }

  /** The op for a part that is a product. */
  Optional<Planned> op(Part part) {
    Part source = sources.get(part);
    Float factor = factors.get(part);
    if (source == null || factor == null) return Optional.empty();
    Op.Tensor op =
        new Op.Tensor(
            part.at(),
            Lane.F32,
            (int) part.lanes(),
            part.width(),
            new Op.Written(source.at()),
            new Op.Factor(factor),
            Optional.empty());
    return Optional.of(new Planned(op, new Parameters(op)));
  }
}

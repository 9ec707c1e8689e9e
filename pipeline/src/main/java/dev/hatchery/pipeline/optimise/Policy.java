package dev.hatchery.pipeline.optimise;

import dev.hatchery.core.Code;
import dev.hatchery.core.Nearest;
import dev.hatchery.core.Refusal;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * Which layers are left as they are.
 *
 * @param keepFirst the first layer: what it loses, all others lose too
 * @param keepLast the last layer: what it loses, nothing makes good
 * @param keep names of nodes, with * and ?
 * @param minValues a layer of fewer is not worth its scales
 */
public record Policy(boolean keepFirst, boolean keepLast, List<String> keep, int minValues) {
  /** Nothing is too small, and nothing is kept. */
  public static final Policy ALL = new Policy(false, false, List.of(), 0);

  public Policy {
    keep = List.copyOf(keep);
  }

  /** Which layers are rewritten, and why the others are not. */
  record Choice(List<Layer> chosen, List<String> left) {}

  /**
   * Chooses.
   *
   * @throws Refusal with {@link Code#BAD_INPUT} where a name is no layer's
   */
  Choice choose(List<Layer> layers) {
    requireNames(layers);
    List<Layer> chosen = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      String why = whyKept(layer, i == 0, i == layers.size() - 1);
      if (why.isEmpty()) chosen.add(layer);
      else left.add(layer.name() + ": " + why);
    }
    return new Choice(List.copyOf(chosen), List.copyOf(left));
  }

  private String whyKept(Layer layer, boolean first, boolean last) {
    if (keepFirst && first) return "kept, as the first layer";
    if (keepLast && last) return "kept, as the last layer";
    if (keep.stream().anyMatch(glob -> matches(glob, layer.name()))) return "kept by name";
    if (layer.weight().count() < minValues) {
      return "only " + layer.weight().count() + " values, fewer than " + minValues;
    }
    return "";
  }

  private void requireNames(List<Layer> layers) {
    List<String> names = layers.stream().map(Layer::name).toList();
    for (String glob : keep) {
      if (names.stream().anyMatch(name -> matches(glob, name))) continue;
      throw Refusal.of(Code.BAD_INPUT, "no layer of the model has this name")
          .expected("of " + String.join(", ", names))
          .got(glob)
          .fix(Nearest.to(glob, names).map(near -> "did you mean " + near + "?").orElse(""));
    }
  }

  // Names are paths in many exports, and a star takes slashes as well.
  private static boolean matches(String glob, String name) {
    PathMatcher matcher =
        FileSystems.getDefault().getPathMatcher("glob:" + glob.replace('/', '\u241f'));
    return matcher.matches(Path.of(name.replace('/', '\u241f')));
  }
}

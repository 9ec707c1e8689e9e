package dev.hatchery.cli;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Nearest;
import dev.hatchery.core.Refusal;
import dev.hatchery.pipeline.data.NpySamples;
import dev.hatchery.pipeline.data.Samples;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.optimise.Calibration;
import dev.hatchery.pipeline.optimise.Goal;
import dev.hatchery.pipeline.optimise.Optimiser;
import dev.hatchery.pipeline.optimise.Policy;
import dev.hatchery.pipeline.optimise.Prune;
import dev.hatchery.pipeline.optimise.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hatchery optimise}. */
@Command(
    name = "optimise",
    description = {
      "Make an ONNX model smaller or faster, and say what that did to its answers.",
      "The same model, data and options give the same bytes."
    },
    mixinStandardHelpOptions = true)
final class OptimiseCommand implements Runnable {
  private static final String CHANNELS = "channels:";

  private final Terminal terminal;

  @Parameters(paramLabel = "IN.onnx", description = "the model")
  private Path in;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT.onnx",
      description = "what comes of it; a file that is there is never replaced")
  private @Nullable Path out;

  @Option(
      names = "--to",
      paramLabel = "GOAL",
      description = "int8-weight, int8-dynamic, int8-static, int4 or fp16")
  private @Nullable String to;

  @Option(
      names = "--prune",
      paramLabel = "HOW",
      description =
          "a share such as 0.5: the smallest weights become zero; 2:4: two of each four;"
              + " channels:0.25: whole output channels are removed")
  private @Nullable String prune;

  @Option(
      names = "--calibrate",
      paramLabel = "DATA",
      description =
          "what the model is used on: DATA.npy, or a folder with INPUT.npy for each input; the"
              + " first dimension counts the samples")
  private @Nullable Path calibrate;

  @Option(
      names = "--keep",
      paramLabel = "NAME",
      description = "leave these layers; * and ? may stand in it")
  private List<String> keep = List.of();

  @Option(names = "--keep-first", description = "leave the first layer")
  private boolean keepFirst;

  @Option(names = "--keep-last", description = "leave the last layer")
  private boolean keepLast;

  @Option(
      names = "--min-values",
      paramLabel = "N",
      description = "leave layers with fewer weights; default: ${DEFAULT-VALUE}")
  private int minValues;

  @Option(
      names = "--block",
      paramLabel = "N",
      description = "int4: so many weights of a column share a scale; default: ${DEFAULT-VALUE}")
  private int block = Recipe.DEFAULT_BLOCK;

  @Option(
      names = "--ranges",
      paramLabel = "HOW",
      description = "int8-static: min-max, or percentile, which leaves a ten-thousandth out")
  private String ranges = "min-max";

  @Option(
      names = "--sensitivity",
      description =
          "write nothing; say what becomes of the answers when each layer alone is rewritten")
  private boolean sensitivity;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  OptimiseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    Recipe recipe = recipe();
    byte[] original = Disk.read(in);
    if (!sensitivity) requireOut();
    if (calibrate == null) {
      run(recipe, original, Optional.empty());
      return;
    }
    try (var samples = NpySamples.open(calibrate, Model.read(original).inputs())) {
      run(recipe, original, Optional.of(samples));
    }
  }

  private void run(Recipe recipe, byte[] original, Optional<Samples> samples) {
    var optimiser = new Optimiser(original, samples);
    var text = new OptimiseText(terminal, samples.isPresent());
    if (sensitivity) {
      var found = optimiser.sensitivities(recipe);
      if (json) terminal.json(OptimiseText.sensitivityJson(found));
      else text.print(found);
      return;
    }
    Path target = requireOut();
    Optimiser.Result result = optimiser.optimise(recipe);
    byte[] model = result.model();
    Disk.write(target, model);
    Digest digest = Digest.of(model);
    if (json) terminal.json(OptimiseText.json(result, original.length, target, digest));
    else text.print(result, original.length, target, digest);
  }

  private Path requireOut() {
    if (out == null) {
      throw Refusal.of(Code.BAD_INPUT, "there is no place for what comes of it")
          .expected("-o OUT.onnx, or --sensitivity")
          .got("neither");
    }
    if (Files.exists(out)) {
      throw Refusal.of(Code.CONFLICT, "this file is already there")
          .at(out.toString())
          .fix("remove it, or name another");
    }
    return out;
  }

  private Recipe recipe() {
    if (to == null && prune == null) {
      throw Refusal.of(Code.BAD_INPUT, "nothing is asked for")
          .expected("--to GOAL, --prune HOW, or both")
          .got("neither")
          .fix("for example --to int8-weight");
    }
    var policy = new Policy(keepFirst, keepLast, keep, minValues);
    return new Recipe(goal(), prune(), policy, calibration(), block);
  }

  private Goal goal() {
    return to == null ? Goal.FLOAT : word(Goal.class, to, "goal");
  }

  private Calibration calibration() {
    return word(Calibration.class, ranges, "way to find ranges");
  }

  private static <E extends Enum<E>> E word(Class<E> type, String word, String what) {
    List<String> words = Arrays.stream(type.getEnumConstants()).map(OptimiseText::word).toList();
    int at = words.indexOf(word.toLowerCase(Locale.ROOT));
    if (at >= 0) return type.getEnumConstants()[at];
    throw Refusal.of(Code.BAD_INPUT, "there is no such " + what)
        .expected("of " + String.join(", ", words))
        .got(word)
        .fix(Nearest.to(word, words).map(near -> "did you mean " + near + "?").orElse(""));
  }

  private Prune prune() {
    if (prune == null) return new Prune.Nothing();
    if (prune.equals("2:4")) return new Prune.TwoOfFour();
    boolean channels = prune.startsWith(CHANNELS);
    String number = channels ? prune.substring(CHANNELS.length()) : prune;
    try {
      double share = Double.parseDouble(number);
      return channels ? new Prune.OutputChannels(share) : new Prune.Smallest(share);
    } catch (NumberFormatException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is nothing to prune by")
          .expected("a share such as 0.5, 2:4, or channels:0.25")
          .got(prune)
          .cause(e);
    }
  }
}

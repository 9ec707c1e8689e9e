package dev.hatchery.agent.service;

import dev.hatchery.agent.telemetry.MetricNames;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.net.URI;
import java.util.List;

/**
 * How to talk to a slot's service. Paths are below {@code url}.
 *
 * @param ready answers 200 when requests are welcome
 * @param model answers {@code {"bundle":"sha256:…","files":{"model.onnx":"sha256:…"}}} with what is
 *     loaded
 * @param infer takes one request and answers JSON with a {@code label}
 * @param metrics Prometheus text
 * @param shadow whether it runs what the link {@code shadow} names on a copy of its inputs, and
 *     says so (docs/shadow.md)
 */
public record Contract(
    URI url,
    ReloadBy reload,
    String ready,
    String model,
    String infer,
    String metrics,
    MetricNames names,
    boolean shadow) {
  private static final int MAX_ARGUMENTS = 64;

  /** How the service learns that {@code current} has changed. */
  public sealed interface ReloadBy {}

  /** An empty POST, which returns when the new model answers. */
  public record Post(String path) implements ReloadBy {}

  /** A program with its arguments, without a shell; it returns when the service was started. */
  public record Command(List<String> argv) implements ReloadBy {
    public Command {
      argv = List.copyOf(argv);
      if (argv.isEmpty() || argv.size() > MAX_ARGUMENTS) {
        throw Refusal.of(Code.BAD_SPEC, "a reload command needs a program")
            .expected("1 to " + MAX_ARGUMENTS + " words")
            .got(argv.size());
      }
    }
  }

  /** It watches the link itself. */
  public record Itself() implements ReloadBy {}

  public Contract {
    for (String path : List.of(ready, model, infer, metrics)) requirePath(path);
    if (reload instanceof Post post) requirePath(post.path);
  }

  /** Of a service that runs no shadows. */
  public Contract(
      URI url,
      ReloadBy reload,
      String ready,
      String model,
      String infer,
      String metrics,
      MetricNames names) {
    this(url, reload, ready, model, infer, metrics, names, false);
  }

  private static void requirePath(String path) {
    if (!path.matches("/[\\x21-\\x7e]{0,200}")) {
      throw Refusal.of(Code.BAD_SPEC, "this is not a path").expected("/something").got(path);
    }
  }
}

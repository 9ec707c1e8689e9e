package dev.hatchery.agent;

import dev.hatchery.agent.config.AgentConfig;
import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.slot.LocalPin;
import dev.hatchery.core.Code;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code pin}, {@code unpin} and {@code pins}: a person at the device keeps a slot on what it has,
 * whether the agent runs or not.
 */
final class PinCommand {
  static final List<String> WORDS = List.of("pin", "unpin", "pins");

  private static final String USAGE =
      "pin --config agent.yaml --slot S --reason TEXT, unpin --config agent.yaml --slot S, or pins"
          + " --config agent.yaml";

  private final String word;
  private final Map<String, String> options = new HashMap<>();

  PinCommand(List<String> args) {
    word = args.getFirst();
    List<String> rest = args.subList(1, args.size());
    List<String> known =
        switch (word) {
          case "pin" -> List.of("--config", "--slot", "--reason");
          case "unpin" -> List.of("--config", "--slot");
          default -> List.of("--config");
        };
    boolean pairs = rest.size() == 2 * known.size();
    for (int i = 0; pairs && i < rest.size(); i += 2) options.put(rest.get(i), rest.get(i + 1));
    if (!options.keySet().equals(Set.copyOf(known))) {
      throw Refusal.of(Code.BAD_INPUT, "this is not how a slot is pinned")
          .expected(USAGE)
          .got(String.join(" ", args));
    }
  }

  String config() {
    return option("--config");
  }

  void run(AgentConfig config, Disk disk, PrintStream out) {
    switch (word) {
      case "pin" -> {
        slot(config, disk).set(option("--reason"));
        out.println(option("--slot") + " is pinned: " + option("--reason"));
      }
      case "unpin" -> {
        slot(config, disk).remove();
        out.println(option("--slot") + " is not pinned");
      }
      default ->
          config
              .slots()
              .keySet()
              .forEach(
                  name -> {
                    String pin = pin(config, disk, name).reason().orElse("-");
                    out.println(name + "  " + pin);
                  });
    }
  }

  private LocalPin slot(AgentConfig config, Disk disk) {
    Name name = new Name(option("--slot"));
    if (!config.slots().containsKey(name)) {
      throw Refusal.of(Code.NOT_FOUND, "this device has no such slot")
          .expected("one of " + config.slots().keySet())
          .got(name);
    }
    return pin(config, disk, name);
  }

  private static LocalPin pin(AgentConfig config, Disk disk, Name slot) {
    Layout layout = new Layout(config.state());
    layout.prepare(disk, List.copyOf(config.slots().keySet()));
    return new LocalPin(disk, layout.state(), slot);
  }

  private String option(String name) {
    String value = options.get(name);
    if (value == null) throw new AssertionError("every option was required");
    return value;
  }
}

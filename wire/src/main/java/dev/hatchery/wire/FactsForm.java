package dev.hatchery.wire;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Version;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;

/** A device's facts. */
final class FactsForm {
  static final Codec<DeviceFacts> CODEC =
      Codec.of(
          facts ->
              Tree.object()
                  .put("board", facts.board())
                  .put("cpuArch", facts.cpuArch())
                  .put("os", facts.os())
                  .put("kernel", facts.kernel())
                  .put("ram", facts.ram())
                  .list("accelerators", facts.accelerators(), false, Tree::text)
                  .put("runtimes", Tree.map(facts.runtimes(), Tree::text))
                  .put("agentVersion", facts.agentVersion())
                  .done(),
          f ->
              new DeviceFacts(
                  f.text("board", ""),
                  f.text("cpuArch", ""),
                  f.text("os", ""),
                  f.text("kernel", ""),
                  f.maybeParsed("ram", DataSize::parse).orElse(new DataSize(0)),
                  f.list("accelerators", Fields::text),
                  f.map("runtimes", key -> key, Fields.parsing(Version::parse)),
                  f.text("agentVersion", "")));

  private FactsForm() {}
}

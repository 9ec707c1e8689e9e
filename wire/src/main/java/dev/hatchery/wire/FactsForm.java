package dev.hatchery.wire;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Name;
import dev.hatchery.core.Version;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A device's facts. */
final class FactsForm {
  static final Codec<DeviceFacts> CODEC =
      Codec.of(
          facts -> {
            DeviceFacts.Platform platform = facts.platform();
            return Tree.object()
                .put("board", facts.board())
                .put("cpuArch", facts.cpuArch())
                .put("os", facts.os())
                .put("kernel", facts.kernel())
                .put("ram", facts.ram())
                .list("accelerators", facts.accelerators(), false, Tree::text)
                .put("runtimes", Tree.map(facts.runtimes(), Tree::text))
                .put("agentVersion", facts.agentVersion())
                .maybe("driver", platform.driver())
                .maybe("firmware", platform.firmware())
                .maybe("pageSize", known(platform.pageSize()))
                .maybe("disk", known(platform.disk()))
                .maybe("diskFree", known(platform.diskFree()))
                // Servers from before there were shadows refuse the field.
                .list("shadows", List.copyOf(facts.shadows()), false, Tree::text)
                .done();
          },
          f ->
              new DeviceFacts(
                  f.text("board", ""),
                  f.text("cpuArch", ""),
                  f.text("os", ""),
                  f.text("kernel", ""),
                  size(f, "ram"),
                  f.list("accelerators", Fields::text),
                  f.map("runtimes", key -> key, Fields.parsing(Version::parse)),
                  f.text("agentVersion", ""),
                  new DeviceFacts.Platform(
                      f.maybeParsed("driver", Version::parse),
                      f.maybeParsed("firmware", Version::parse),
                      size(f, "pageSize"),
                      size(f, "disk"),
                      size(f, "diskFree")),
                  Set.copyOf(f.list("shadows", Fields.parsing(Name::new)))));

  private FactsForm() {}

  private static Optional<DataSize> known(DataSize size) {
    return Optional.of(size).filter(s -> s.bytes() > 0);
  }

  private static DataSize size(Fields f, String name) {
    return f.maybeParsed(name, DataSize::parse).orElse(new DataSize(0));
  }
}

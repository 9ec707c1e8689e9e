package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.client.oci.BundlePush;
import dev.hatchery.client.oci.OciClient;
import dev.hatchery.client.oci.PushedBundle;
import dev.hatchery.core.Digest;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.ReleaseView;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** From a bundle's folder to a release. */
final class ReleaseCommands {
  private ReleaseCommands() {}

  /** {@code hatchery push}. */
  @Command(
      name = "push",
      description = "Push a bundle to the registry; what is there already is not sent again.")
  static final class Push extends ServerCommand {
    @Parameters(paramLabel = "DIR", description = "the bundle's folder")
    private @Nullable Path folder;

    Push(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      try (OciClient registry = connection().registry(terminal)) {
        PushedBundle pushed = BundlePush.push(given(folder), registry);
        if (json) {
          terminal.json(
              Tree.object()
                  .put("release", pushed.release())
                  .put("manifest", pushed.manifest())
                  .put("artifact", pushed.ociManifest())
                  .list("signatures", pushed.signatures(), true, Tree::text)
                  .done());
        } else {
          terminal.line(
              "%s  pushed as %s, %d signatures"
                  .formatted(pushed.release(), pushed.ociManifest(), pushed.signatures().size()));
        }
        return 0;
      }
    }
  }

  /** {@code hatchery releases}. */
  @Command(name = "releases", description = "List the releases.")
  static final class Releases extends ServerCommand {
    Releases(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      List<ReleaseView> releases = client.releases();
      if (json) {
        terminal.json(Api.RELEASES.write(Page.all(releases)));
        return 0;
      }
      terminal.table(
          List.of("RELEASE", "MANIFEST", "SIZE", "SIGNED BY", "CREATED"),
          releases.stream()
              .map(
                  r ->
                      List.of(
                          r.release().toString(),
                          r.digest().brief(),
                          r.size().human(),
                          String.join(",", r.signedBy().stream().map(Digest::brief).toList()),
                          r.createdAt().truncatedTo(ChronoUnit.SECONDS).toString()))
              .toList());
      return 0;
    }
  }

  /** {@code hatchery releases create}. */
  @Command(
      name = "create",
      description = "Make a pushed bundle a release: name@version means these bytes for ever.")
  static final class Create extends ServerCommand {
    @Parameters(paramLabel = "NAME@VERSION")
    private @Nullable String release;

    Create(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      ReleaseView made = client.createRelease(ReleaseId.parse(given(release)));
      if (json) terminal.json(Api.RELEASE.write(made));
      else terminal.line(made.release() + "  is " + made.digest());
      return 0;
    }
  }
}

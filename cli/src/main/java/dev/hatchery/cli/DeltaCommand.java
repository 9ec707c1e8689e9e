package dev.hatchery.cli;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.delta.BadPatch;
import dev.hatchery.delta.Header;
import dev.hatchery.delta.PatchFile;
import dev.hatchery.delta.make.DeltaMaker;
import dev.hatchery.wire.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hatchery delta}. */
@Command(
    name = "delta",
    description = "Make, apply and measure patches, which know what a tensor is.")
final class DeltaCommand {
  private final Terminal terminal;

  DeltaCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "create",
      description = "Make the patch that turns OLD into NEW; a patch that is there is replaced.")
  void create(
      @Parameters(
              paramLabel = "OLD NEW PATCH",
              arity = "2..3",
              description = "OLD is - for the empty base: then the patch is a compressed file")
          List<Path> files,
      @Option(
              names = "--from-nothing",
              description = "the empty base; then there are only NEW and PATCH")
          boolean fromNothing,
      @Option(names = "--json", description = "print JSON") boolean json) {
    Three of = Three.of(files, fromNothing, "OLD NEW PATCH");
    DeltaMaker.Made made;
    try {
      of.requireInputs();
      made = DeltaMaker.make(of.base().orElse(null), of.second(), of.third());
    } catch (IOException e) {
      throw of.storage(e);
    }
    if (json) {
      terminal.json(
          Tree.object()
              .put("patch", of.third())
              .put("newBytes", made.newBytes())
              .put("patchBytes", made.patchBytes())
              .done());
    } else {
      terminal.line(
          "%s  %,d bytes for a file of %,d: %s"
              .formatted(
                  of.third(),
                  made.patchBytes(),
                  made.newBytes(),
                  DeltaText.percent(made.patchBytes(), made.newBytes())));
    }
  }

  @Command(
      name = "apply",
      description = "Make OUT from OLD and a patch; it gets its name when its hash is right.")
  void apply(
      @Parameters(
              paramLabel = "OLD PATCH OUT",
              arity = "2..3",
              description = "OLD is - for a patch of the empty base")
          List<Path> files,
      @Option(
              names = "--from-nothing",
              description = "the empty base; then there are only PATCH and OUT")
          boolean fromNothing,
      @Option(names = "--json", description = "print JSON") boolean json) {
    Three of = Three.of(files, fromNothing, "OLD PATCH OUT");
    Header header;
    try {
      of.requireInputs();
      header = PatchFile.apply(of.base().orElse(null), of.second(), of.third());
    } catch (BadPatch e) {
      throw refusal(e, of.second());
    } catch (IOException e) {
      throw of.storage(e);
    }
    Digest result = DeltaText.digest(header.resultSha256());
    if (json) {
      terminal.json(
          Tree.object()
              .put("file", of.third())
              .put("bytes", header.resultSize())
              .put("sha256", result)
              .done());
    } else {
      terminal.line("%s  %,d bytes, %s".formatted(of.third(), header.resultSize(), result));
    }
  }

  @Command(name = "info", description = "Say what a patch is for, and what it is made of.")
  void info(
      @Parameters(paramLabel = "PATCH") Path patch,
      @Option(names = "--json", description = "print JSON") boolean json) {
    DeltaSummary summary;
    try (PatchFile.Open open = PatchFile.Open.read(patch)) {
      summary = DeltaSummary.of(open);
    } catch (BadPatch e) {
      throw refusal(e, patch);
    } catch (NoSuchFileException e) {
      throw Refusal.of(Code.NOT_FOUND, "there is no such file").at(patch.toString()).cause(e);
    } catch (IOException e) {
      throw storage(e, patch);
    }
    if (json) terminal.json(DeltaText.json(summary));
    else DeltaText.print(summary, terminal);
  }

  private static Refusal refusal(BadPatch e, Path patch) {
    String fix =
        switch (e.reason()) {
          case BASE -> "give the file it was made for; hatchery delta info tells its hash";
          case VERSION -> "apply it with the Hatchery that made it, or make it again";
          case NOT_A_PATCH, LENGTH, CHECKSUM, LIMIT, RANGE, TILING, COMPRESSION, RESULT ->
              "fetch it again, or the whole file";
        };
    return Refusal.of(Code.DELTA, "this patch is not applied")
        .at(patch.toString())
        .got(e.reason() + ": " + e.getMessage())
        .fix(fix)
        .cause(e);
  }

  private static Refusal storage(IOException e, Path at) {
    return Refusal.of(Code.STORAGE, "a file cannot be read or written")
        .at(at.toString())
        .got(e)
        .cause(e);
  }

  /** The three files that create and apply take; the first may be none. */
  private record Three(Optional<Path> base, Path second, Path third) {
    static Three of(List<Path> files, boolean fromNothing, String names) {
      if (files.size() != (fromNothing ? 2 : 3)) {
        throw Refusal.of(Code.BAD_INPUT, "this command takes other files")
            .expected(fromNothing ? names.substring(4) + " after --from-nothing" : names)
            .got(files.size() + " names");
      }
      Path first = files.getFirst();
      boolean none = fromNothing || first.toString().equals("-");
      return new Three(
          none ? Optional.empty() : Optional.of(first),
          files.get(files.size() - 2),
          files.getLast());
    }

    void requireInputs() {
      base.ifPresent(Three::requireFile);
      requireFile(second);
    }

    private static void requireFile(Path file) {
      if (Files.isRegularFile(file)) return;
      throw Refusal.of(
              Code.NOT_FOUND, Files.exists(file) ? "this is not a file" : "there is no such file")
          .at(file.toString());
    }

    Refusal storage(IOException e) {
      return DeltaCommand.storage(e, third);
    }
  }
}

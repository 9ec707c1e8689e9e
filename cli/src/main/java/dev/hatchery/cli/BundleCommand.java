package dev.hatchery.cli;

import dev.hatchery.bundle.Bundle;
import dev.hatchery.bundle.BundleSpec;
import dev.hatchery.bundle.Packer;
import dev.hatchery.bundle.Verification;
import dev.hatchery.bundle.Verifier;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hatchery bundle}. */
@Command(name = "bundle", description = "Pack, sign and check what CI ships.")
final class BundleCommand {
  private final Terminal terminal;

  BundleCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "pack",
      description = "Make a bundle's folder from bundle.yaml; the same inputs give the same bytes.")
  void pack(
      @Option(
              names = "-f",
              required = true,
              paramLabel = "bundle.yaml",
              description = "what to pack")
          Path spec,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "DIR",
              description = "a folder that does not exist")
          Path out,
      @Option(names = "--json", description = "print JSON") boolean json) {
    Bundle bundle = Packer.pack(BundleSpec.read(spec), out);
    Manifest manifest = bundle.manifest();
    if (json) {
      terminal.json(
          Tree.object()
              .put("release", manifest.release())
              .put("manifest", bundle.digest())
              .put("size", manifest.totalSize().bytes())
              .done());
    } else {
      terminal.line(
          manifest.release()
              + "  "
              + bundle.digest()
              + "  "
              + files(manifest)
              + ", "
              + manifest.totalSize().human());
    }
  }

  @Command(name = "sign", description = "Add a signature; repeat with other keys for a threshold.")
  void sign(
      @Parameters(paramLabel = "DIR") Path folder,
      @Option(
              names = "--key",
              required = true,
              paramLabel = "KEY.pem",
              description = "a private release key")
          Path key,
      @Option(names = "--json", description = "print JSON") boolean json) {
    SigningKey signer = SigningKey.read(key);
    Bundle bundle = Bundle.open(folder);
    bundle.sign(signer);
    if (json)
      terminal.json(
          Tree.object().put("manifest", bundle.digest()).put("keyId", signer.id()).done());
    else terminal.line(bundle.manifest().release() + "  signed by " + signer.id());
  }

  @Command(
      name = "verify",
      description = "Check it as a device would: signatures, then every file, exactly.")
  void verify(
      @Parameters(paramLabel = "DIR") Path folder,
      @Option(
              names = "--trust",
              required = true,
              paramLabel = "FILE",
              description = "the trust document")
          Path trust,
      @Option(names = "--json", description = "print JSON") boolean json) {
    Verification.Trusted trusted = new Verifier(TrustCommand.read(trust)).verify(folder).orRefuse();
    if (json) {
      terminal.json(
          Tree.object()
              .put("release", trusted.manifest().release())
              .put("manifest", trusted.digest())
              .list("signers", trusted.signers(), true, Tree::text)
              .done());
    } else {
      List<String> signers = trusted.signers().stream().map(Digest::brief).sorted().toList();
      terminal.line(
          trusted.manifest().release() + "  trusted, signed by " + String.join(", ", signers));
    }
  }

  @Command(name = "inspect", description = "Say what is in it, believed or not.")
  void inspect(
      @Parameters(paramLabel = "DIR") Path folder,
      @Option(names = "--json", description = "print JSON") boolean json) {
    Bundle bundle = Bundle.open(folder);
    Manifest manifest = bundle.manifest();
    if (json) {
      terminal.json(Wire.MANIFEST.write(manifest));
      return;
    }
    terminal.line(
        manifest.release()
            + "  "
            + Fields.word(manifest.kind())
            + ", release counter "
            + manifest.releaseCounter());
    terminal.line("manifest      " + bundle.digest());
    terminal.line(
        "trained from  " + manifest.trainingCommit() + ", quantization " + manifest.quantization());
    terminal.line("signatures    " + bundle.signatures().size());
    terminal.table(
        List.of("FILE", "KIND", "SIZE", "SHA-256"),
        manifest.files().stream().map(BundleCommand::row).toList());
  }

  private static List<String> row(FileEntry file) {
    return List.of(
        file.path(),
        Fields.word(file.kind()),
        new DataSize(file.size()).human(),
        file.sha256().brief());
  }

  private static String files(Manifest manifest) {
    return manifest.files().size() + " files";
  }
}

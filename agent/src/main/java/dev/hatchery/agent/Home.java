package dev.hatchery.agent;

import dev.hatchery.agent.config.AgentConfig;
import dev.hatchery.agent.config.Facts;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.journal.Journal;
import dev.hatchery.agent.report.Outbox;
import dev.hatchery.agent.slot.Boot;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The agent's folder, open: locked, with its journal, its outbox, and the key that the device makes
 * when it is not there.
 */
record Home(
    Layout layout, FolderLock lock, Journal journal, Outbox outbox, Boot boot, SigningKey key)
    implements AutoCloseable {
  private static final DataSize MAX_ENROLMENT = DataSize.kib(512);

  static Home open(AgentConfig config, World world) {
    Layout layout = new Layout(config.state());
    layout.prepare(world.disk(), List.copyOf(config.slots().keySet()));
    requireOneFileSystem(layout);
    FolderLock lock = FolderLock.take(layout.lock());
    try {
      return open(layout, lock, world);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static Home open(Layout layout, FolderLock lock, World world) {
    // fsync of a folder is not promised by Java; where it does not work, nothing else may begin.
    world.disk().sync(layout.root());
    SigningKey key = key(layout.keys().resolve("device.pem"));
    Outbox outbox = new Outbox(world.disk(), layout);
    Journal journal = Journal.open(world.disk(), layout.journal());
    // Entries that were reported are gone from a damaged journal; their numbers stay taken.
    journal.skipTo(outbox.journalThrough());
    Boot boot = new Boot(world.disk(), layout.state(), Facts.machineBoot(world.root()));
    return new Home(layout, lock, journal, outbox, boot, key);
  }

  private static SigningKey key(Path file) {
    if (Files.exists(file)) return SigningKey.read(file);
    SigningKey made = SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256);
    made.write(file);
    return made;
  }

  // A rename across file systems is a copy, and a hard link does not exist.
  private static void requireOneFileSystem(Layout layout) {
    try {
      Object device = Files.getAttribute(layout.root(), "unix:dev");
      for (Path folder :
          List.of(layout.blobs(), layout.downloads(), layout.slots(), layout.state())) {
        if (!device.equals(Files.getAttribute(folder, "unix:dev"))) {
          throw Refusal.of(Code.STORAGE, "the agent's folder must be on one file system")
              .at(folder.toString())
              .fix("mount one file system on the state folder, none below it");
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw Refusal.of(Code.STORAGE, "the agent's folder cannot be looked at").cause(e);
    }
  }

  /** Reads the enrolment file. */
  static EnrolmentFile enrolment(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) MAX_ENROLMENT.bytes() + 1);
      return Wire.ENROLMENT_FILE.parse(bytes, MAX_ENROLMENT, file.toString());
    } catch (IOException e) {
      throw Refusal.of(Code.NOT_FOUND, "the enrolment file cannot be read")
          .at(file.toString())
          .got(e)
          .fix("have the server write one, and name it under enrolment: in agent.yaml")
          .cause(e);
    }
  }

  @Override
  public void close() {
    journal.close();
    lock.close();
  }
}

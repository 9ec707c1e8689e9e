package dev.hatchery.agent.disk;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One small document that is replaced as a whole: {@code {"generation":n,"crc32c":"…","value":…}}.
 * The checksum finds what the storage broke; it is no protection against an attacker.
 */
public final class StateFile<T> {
  private static final DataSize MAX = DataSize.mib(2);

  private final Disk disk;
  private final Path file;
  private final Codec<T> codec;
  private long generation;

  private record Stored(long generation, Node value) {}

  /** What a look at the file brought. */
  public sealed interface Reading<T> {
    /** The value, if it could be read. */
    default Optional<T> value() {
      return switch (this) {
        case Absent<T> _, Bad<T> _ -> Optional.empty();
        case Good<T> good -> Optional.of(good.document);
      };
    }
  }

  /** Nothing was ever written. */
  public record Absent<T>() implements Reading<T> {}

  /** What was written last. */
  public record Good<T>(T document) implements Reading<T> {}

  /** Something is there, and it is not what was written. */
  public record Bad<T>(Refusal why) implements Reading<T> {}

  public StateFile(Disk disk, Path file, Codec<T> codec) {
    this.disk = disk;
    this.file = file;
    this.codec = codec;
  }

  public Reading<T> read() {
    if (disk.kind(file) == Disk.Kind.ABSENT) return new Absent<>();
    try {
      Stored stored =
          Fields.read(Json.parse(disk.read(file, MAX), MAX, file.toString()), this::checked);
      generation = stored.generation;
      return new Good<>(codec.read(stored.value));
    } catch (Refusal refusal) {
      return new Bad<>(refusal);
    }
  }

  private Stored checked(Fields f) {
    long number = f.integer("generation");
    String crc = f.text("crc32c");
    Node value = f.get("value", node -> node);
    String found = crc(Json.write(value));
    if (!found.equals(crc)) {
      throw Refusal.of(Code.STORAGE, "a state file is broken")
          .at(file.toString())
          .expected(crc)
          .got(found);
    }
    return new Stored(number, value);
  }

  /** Durable when it returns. */
  public void write(T value) {
    byte[] content = codec.bytes(value);
    generation++;
    byte[] head =
        ("{\"generation\":" + generation + ",\"crc32c\":\"" + crc(content) + "\",\"value\":")
            .getBytes(StandardCharsets.UTF_8);
    byte[] document = Arrays.copyOf(head, head.length + content.length + 1);
    System.arraycopy(content, 0, document, head.length, content.length);
    document[document.length - 1] = '}';
    Durable.replace(disk, file, document);
  }

  private static String crc(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}

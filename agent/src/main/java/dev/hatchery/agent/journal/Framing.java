package dev.hatchery.agent.journal;

import dev.hatchery.core.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * The journal's bytes: {@code len(4) | seq(8) | type(1) | json | CRC32C(4)}, big-endian, {@code
 * len} counting seq to json, the checksum covering len to json. Seqs rise; compaction leaves gaps.
 *
 * <p>A record that is not whole at the end of the file is a write that the power cut short, and is
 * forgotten: nothing was done on its strength. The same in the middle means that the storage lost
 * what it had acknowledged (durability reference, section 2).
 */
final class Framing {
  private static final int HEAD = 4;
  private static final int SEQ_AND_TYPE = 9;
  private static final int CRC = 4;

  private Framing() {}

  /**
   * What a file holds.
   *
   * @param good how many bytes from the start are whole records
   * @param later the highest number of a whole record after the first broken one; such a record is
   *     damage, not a write cut short
   */
  record Content(List<Entry> entries, int good, OptionalLong later) {
    boolean damaged() {
      return later.isPresent();
    }
  }

  static byte[] write(Entry entry) {
    byte[] json = EntryForm.json(entry);
    ByteBuffer record = ByteBuffer.allocate(HEAD + SEQ_AND_TYPE + json.length + CRC);
    record.putInt(SEQ_AND_TYPE + json.length).putLong(entry.seq());
    record.put(EntryForm.type(entry.step())).put(json);
    record.putInt(crc(record.array(), 0, record.position()));
    return record.array();
  }

  static byte[] write(List<Entry> entries) {
    var out = new ByteArrayOutputStream();
    for (Entry entry : entries) out.writeBytes(write(entry));
    return out.toByteArray();
  }

  static Content read(byte[] bytes) {
    List<Entry> entries = new ArrayList<>();
    long last = 0;
    int at = 0;
    while (at < bytes.length) {
      Optional<Entry> entry = record(bytes, at);
      if (entry.isEmpty() || entry.get().seq() <= last) break;
      entries.add(entry.get());
      last = entry.get().seq();
      at += length(bytes, at);
    }
    return new Content(entries, at, laterThan(last, bytes, at));
  }

  private static OptionalLong laterThan(long last, byte[] bytes, int from) {
    long highest = last;
    for (int at = from + 1; at + HEAD + SEQ_AND_TYPE + CRC <= bytes.length; at++) {
      highest = Math.max(highest, record(bytes, at).map(Entry::seq).orElse(0L));
    }
    return highest > last ? OptionalLong.of(highest) : OptionalLong.empty();
  }

  private static int length(byte[] bytes, int at) {
    return HEAD + ByteBuffer.wrap(bytes).getInt(at) + CRC;
  }

  private static Optional<Entry> record(byte[] bytes, int at) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length - at < HEAD + SEQ_AND_TYPE + CRC) return Optional.empty();
    int body = buffer.getInt(at);
    if (body < SEQ_AND_TYPE || body > bytes.length - at - HEAD - CRC) return Optional.empty();
    int end = at + HEAD + body;
    if (buffer.getInt(end) != crc(bytes, at, HEAD + body)) return Optional.empty();
    byte[] json = new byte[body - SEQ_AND_TYPE];
    buffer.get(at + HEAD + SEQ_AND_TYPE, json);
    try {
      long seq = buffer.getLong(at + HEAD);
      return Optional.of(EntryForm.read(seq, buffer.get(at + HEAD + 8), json));
    } catch (Refusal unreadable) {
      return Optional.empty();
    }
  }

  private static int crc(byte[] bytes, int offset, int length) {
    var crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}

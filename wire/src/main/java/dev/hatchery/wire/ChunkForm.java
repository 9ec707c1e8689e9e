package dev.hatchery.wire;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Digests stand packed, 32 bytes each, in base64 texts of at most 1,024: 44 bytes for each piece,
 * where a list of hex texts would need 67.
 */
final class ChunkForm {
  private static final int BYTES = 32;
  private static final int IN_A_TEXT = 1024;

  static final Codec<ChunkList> CODEC =
      Codec.open(
          list ->
              Tree.object()
                  .put("blob", list.blob())
                  .put("size", list.size())
                  .put("chunk", list.chunk())
                  .list("digests", texts(list.digests()), true, Tree::text)
                  .done(),
          f ->
              new ChunkList(
                  f.parsed("blob", Digest::parse),
                  f.integer("size"),
                  f.get("chunk", Fields::smallInteger),
                  digests(f.get("digests", ChunkForm::packed))));

  private ChunkForm() {}

  private static List<String> texts(List<Digest> digests) {
    List<String> texts = new ArrayList<>();
    for (int from = 0; from < digests.size(); from += IN_A_TEXT) {
      List<Digest> some = digests.subList(from, Math.min(digests.size(), from + IN_A_TEXT));
      ByteBuffer packed = ByteBuffer.allocate(some.size() * BYTES);
      some.forEach(digest -> packed.put(digest.bytes()));
      texts.add(Bytes.of(packed.array()).base64());
    }
    return texts;
  }

  private static List<Bytes> packed(Node node) {
    return Fields.list(node, Fields.parsing(Bytes::base64));
  }

  private static List<Digest> digests(List<Bytes> texts) {
    List<Digest> digests = new ArrayList<>();
    for (Bytes text : texts) {
      byte[] packed = text.toArray();
      if (packed.length % BYTES != 0) {
        throw Refusal.of(Code.BAD_INPUT, "these are not whole digests")
            .expected("a multiple of " + BYTES + " bytes")
            .got(packed.length);
      }
      for (int from = 0; from < packed.length; from += BYTES) {
        digests.add(new Digest(HexFormat.of().formatHex(packed, from, from + BYTES)));
        requireNotTooMany(digests);
      }
    }
    return digests;
  }

  private static void requireNotTooMany(List<Digest> digests) {
    if (digests.size() <= ChunkList.MAX_CHUNKS) return;
    throw Refusal.of(Code.TOO_LARGE, "a list of pieces is too long")
        .expected("at most " + ChunkList.MAX_CHUNKS);
  }
}

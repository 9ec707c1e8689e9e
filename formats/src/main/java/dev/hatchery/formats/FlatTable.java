package dev.hatchery.formats;

import java.util.Optional;

/**
 * A table of a FlatBuffer, with every offset checked before it is followed: first the vtable, then
 * the field against the table, then what it points to against the file.
 *
 * @param at the table's position
 * @param vtable its vtable's position
 * @param slots bytes of the vtable
 * @param size bytes of the table's inline part
 */
record FlatTable(Span file, Budget budget, long at, long vtable, int slots, int size) {
  static FlatTable root(Span file, Budget budget) {
    return at(file, budget, file.u32(0));
  }

  static FlatTable at(Span file, Budget budget, long at) {
    budget.step();
    long vtable = at - file.i32(at);
    int slots = file.u16(vtable);
    int size = file.u16(vtable + 2);
    if (slots < 4 || slots % 2 != 0)
      throw file.broken(vtable, "a vtable of 4 bytes or more", slots);
    if (size < 4) throw file.broken(vtable, "a table of 4 bytes or more", size);
    file.part(vtable, slots);
    file.part(at, size);
    return new FlatTable(file, budget, at, vtable, slots, size);
  }

  /** The position of a field of so many bytes; empty where the table leaves it out. */
  private Optional<Long> field(int index, int bytes) {
    int slot = 4 + 2 * index;
    if (slot + 2 > slots) return Optional.empty();
    int offset = file.u16(vtable + slot);
    if (offset == 0) return Optional.empty();
    if (offset < 4 || offset > size - bytes) {
      throw file.broken(vtable + slot, "a field inside its table", offset);
    }
    return Optional.of(at + offset);
  }

  int u8(int index) {
    return field(index, 1).map(file::u8).orElse(0);
  }

  int i32(int index) {
    return field(index, 4).map(file::i32).orElse(0);
  }

  long u32(int index) {
    return field(index, 4).map(file::u32).orElse(0L);
  }

  long i64(int index) {
    return field(index, 8).map(file::i64).orElse(0L);
  }

  Optional<FlatTable> table(int index) {
    return field(index, 4).map(p -> at(file, budget, p + file.u32(p)));
  }

  /** The bytes of a vector's elements, whose size is given; empty where there is no vector. */
  Optional<Span> vector(int index, int bytes) {
    return field(index, 4)
        .map(
            p -> {
              long start = p + file.u32(p);
              return file.part(start + 4, file.u32(start) * bytes);
            });
  }

  Optional<Span> string(int index) {
    return vector(index, 1);
  }

  /** The table that an element of a vector of tables points to. */
  static FlatTable element(Budget budget, Span file, Span vector, long index) {
    long p = vector.start() + 4 * index;
    return at(file, budget, p + vector.u32(p));
  }
}

package dev.hatchery.formats;

import dev.hatchery.core.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * HEF, the compiled model of a Hailo accelerator (libhailort, hef_internal.hpp and hef.proto): a
 * big-endian header, a protobuf message, and the weights in a form that only the accelerator knows.
 * The hash in the header is not checked: the manifest's covers the file.
 */
public final class Hef {
  private static final int MAGIC = 0x01484546;
  private static final int NAMES = 10_000;

  private final Span proto;
  private final int version;
  private final Budget budget = new Budget();
  private int architecture;
  private String sdkVersion = "";
  private final List<String> extensions = new ArrayList<>();
  private final List<String> optional = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();

  private Hef(Span proto, int version) {
    this.proto = proto;
    this.version = version;
  }

  /**
   * Reads what a HEF says about itself.
   *
   * @throws Refusal with {@code MALFORMED_MODEL} if this is not a HEF of header version 0 to 3
   */
  public static HefInfo read(MemorySegment file) {
    return info(Span.of(file, Format.HEF));
  }

  static ModelFile model(Span file) {
    HefInfo info = info(file);
    var metadata = new Metadata();
    metadata.put("hef.header_version", info.headerVersion());
    metadata.put("hef.hw_arch", info.architectureName().orElse("#" + info.architecture()));
    metadata.put("hef.sdk_version", info.sdkVersion());
    metadata.put("hef.extensions", info.extensions().size());
    for (int i = 0; i < info.networkGroups().size(); i++) {
      String name = info.networkGroups().get(i);
      if (name.length() <= Limits.METADATA_TEXT) metadata.put("hef.network_group." + i, name);
    }
    return new ModelFile(Format.HEF, List.of(), List.of(), metadata.kept());
  }

  private static HefInfo info(Span file) {
    if (file.bigEndian32(0) != MAGIC) throw file.broken(0, "01 'H' 'E' 'F'", "something else");
    int version = file.bigEndian32(4);
    long size = file.bigEndian32(8) & 0xffffffffL;
    Span proto = file.part(headerLength(file, version), size);
    long rest = rest(file, version);
    // libhailort refuses a file of any other length (validate_hef_header).
    if (rest < 0 || rest != file.end() - proto.end()) {
      throw file.broken(proto.end(), rest + " bytes to the end", file.end() - proto.end());
    }
    return new Hef(proto, version).info();
  }

  private static int headerLength(Span file, int version) {
    return switch (version) {
      case 0 -> 32;
      case 1 -> 28;
      case 2 -> 44;
      case 3 -> 56;
      default -> throw file.broken(4, "header version 0 to 3", version);
    };
  }

  /** Bytes behind the message; negative where the header's numbers make no sense. */
  private static long rest(Span file, int version) {
    return switch (version) {
      case 1 -> file.bigEndian64(16);
      case 2 -> file.bigEndian64(20);
      case 3 -> sum(file.bigEndian64(20), file.bigEndian64(32));
      default -> 0;
    };
  }

  private static long sum(long weights, long additional) {
    return weights < 0 || additional < 0 ? -1 : weights + additional;
  }

  // ProtoHEFHef: 1 header, 2 network_groups, 5 extensions, 6 optional_extensions.
  private HefInfo info() {
    var in = new ProtoCursor(proto);
    while (in.next()) {
      switch (in.field()) {
        case 1 -> header(in.bytes());
        case 2 -> keep(groups, group(in.bytes()));
        case 5 -> keep(extensions, extension(in.bytes()));
        case 6 -> keep(optional, extension(in.bytes()));
        default -> {}
      }
    }
    return new HefInfo(version, architecture, sdkVersion, extensions, optional, groups);
  }

  private void keep(List<String> list, String name) {
    if (list.size() == NAMES) throw proto.broken(proto.start(), "at most " + NAMES, "more");
    list.add(name);
  }

  // ProtoHEFHeader: 1 hw_arch, 3 sdk_version_str.
  private void header(Span message) {
    var in = new ProtoCursor(message);
    while (in.next()) {
      if (in.field() == 1) architecture = Math.clamp(in.number(), -1, Integer.MAX_VALUE);
      if (in.field() == 3) sdkVersion = budget.name(in.bytes());
    }
  }

  // ProtoHEFExtension: 1 type_index, 2 name.
  private String extension(Span message) {
    long number = 0;
    Optional<Span> name = Optional.empty();
    var in = new ProtoCursor(message);
    while (in.next()) {
      if (in.field() == 1) number = in.number();
      if (in.field() == 2) name = Optional.of(in.bytes());
    }
    return name.filter(n -> n.length() > 0).map(budget::name).orElse("#" + number);
  }

  // ProtoHEFNetworkGroup: 10 network_group_name; in old files 1 network_group_metadata has it.
  private String group(Span message) {
    String name = "";
    String old = "";
    var in = new ProtoCursor(message);
    while (in.next()) {
      if (in.field() == 10) name = budget.name(in.bytes());
      if (in.field() == 1) old = oldName(in.bytes());
    }
    return name.isEmpty() ? old : name;
  }

  // ProtoHEFNetworkGroupMetadata: 1 network_group_name.
  private String oldName(Span message) {
    String name = "";
    var in = new ProtoCursor(message);
    while (in.next()) {
      if (in.field() == 1) name = budget.name(in.bytes());
    }
    return name;
  }
}

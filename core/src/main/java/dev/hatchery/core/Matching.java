package dev.hatchery.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Holds a bundle's requirements against a device's facts. Each requirement is looked at by itself:
 * their order changes nothing, and one more fact never unsettles what the others have shown.
 */
final class Matching {
  private static final Pattern KERNEL =
      Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(?:\\.(\\d{1,9}))?(?!\\d).*");

  private final DeviceFacts facts;
  private final List<Misfit> wrong = new ArrayList<>();
  private final List<Misfit> unknown = new ArrayList<>();

  private Matching(DeviceFacts facts) {
    this.facts = facts;
  }

  static Fit of(Compatibility wanted, DeviceFacts facts) {
    var matching = new Matching(facts);
    matching.match(wanted);
    if (!matching.wrong.isEmpty()) return new Fit.Unfit(matching.wrong);
    return matching.unknown.isEmpty() || wanted.warnOnUnknown()
        ? new Fit.Fits()
        : new Fit.Unknown(matching.unknown);
  }

  private void match(Compatibility wanted) {
    Compatibility.Platform platform = wanted.platform();
    words("board", wanted.boards(), facts.board());
    oneOf("CPU architecture", wanted.cpuArchs(), List.of(facts.cpuArch()));
    oneOf("accelerator", wanted.accelerators(), facts.accelerators());
    wanted.runtimes().forEach((name, range) -> version(name, range, runtime(name)));
    stack("driver", platform.driver(), facts.platform().driver());
    stack("firmware", platform.firmware(), facts.platform().firmware());
    words("OS", platform.oses(), facts.os());
    kernel(platform.kernel());
    pageSize(platform.pageSizes());
    least("RAM", wanted.minRam(), facts.ram());
    least("disk", platform.minDisk(), facts.platform().disk());
  }

  private void oneOf(String fact, List<String> accepted, List<String> has) {
    List<String> said = has.stream().filter(text -> !text.isEmpty()).toList();
    if (accepted.isEmpty() || said.stream().anyMatch(accepted::contains)) return;
    miss(fact, accepted, String.join(",", said));
  }

  // Boards and systems say more of themselves than a bundle cares for: "Raspberry Pi 5 Model B Rev
  // 1.0" is a "Raspberry Pi 5", "Debian GNU/Linux 13 (trixie)" is trixie.
  private void words(String fact, List<String> accepted, String has) {
    if (accepted.isEmpty() || accepted.stream().anyMatch(text -> holds(has, text))) return;
    miss(fact, accepted, has);
  }

  private static boolean holds(String has, String text) {
    return !text.isBlank()
        && Pattern.compile("(?<![\\p{Alnum}])" + Pattern.quote(text) + "(?![\\p{Alnum}])")
            .matcher(has)
            .find();
  }

  private Optional<Version> runtime(String name) {
    return Optional.ofNullable(facts.runtimes().get(name));
  }

  private void version(String fact, VersionRange range, Optional<Version> has) {
    if (has.isPresent() && range.contains(has.get())) return;
    miss(
        fact,
        range.bounds().isEmpty() ? "any version" : range,
        has.map(Version::toString).orElse(""));
  }

  private void stack(String fact, StackVersion wanted, Optional<Version> has) {
    if (!wanted.range().bounds().isEmpty()) version(fact, wanted.range(), has);
    if (!wanted.asHailort()) return;
    Optional<Version> library = runtime(StackVersion.HAILORT);
    if (library.isEmpty()) miss(StackVersion.HAILORT, "its version, for the " + fact, "");
    else if (!has.equals(library)) {
      miss(
          fact,
          StackVersion.HAILORT + "'s " + library.get(),
          has.map(Version::toString).orElse(""));
    }
  }

  private void kernel(VersionRange range) {
    if (!range.bounds().isEmpty()) version("kernel", range, kernelVersion(facts.kernel()));
  }

  private static Optional<Version> kernelVersion(String release) {
    var m = KERNEL.matcher(release);
    if (!m.matches()) return Optional.empty();
    int patch = m.group(3) == null ? 0 : Integer.parseInt(m.group(3));
    return Optional.of(
        new Version(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), patch, ""));
  }

  private void pageSize(List<DataSize> accepted) {
    DataSize has = facts.platform().pageSize();
    if (accepted.isEmpty() || accepted.contains(has)) return;
    miss("page size", accepted, said(has));
  }

  private void least(String fact, DataSize wanted, DataSize has) {
    if (has.compareTo(wanted) >= 0) return;
    miss(fact, "at least " + wanted, said(has));
  }

  // For people: else each device's own size would be a reason of its own.
  private static String said(DataSize size) {
    return size.bytes() == 0 ? "" : size.human();
  }

  private void miss(String fact, Object wanted, String got) {
    var misfit = new Misfit(fact, wanted.toString(), got);
    List<Misfit> kind = misfit.unknown() ? unknown : wrong;
    if (!kind.contains(misfit)) kind.add(misfit);
  }
}

package dev.hatchery.cli.bench;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Two files, one the successor of the other. The name stands in tables and on command lines. */
public record Pair(String name, Path before, Path after) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,79}");

  public Pair {
    if (!NAME.matcher(name).matches()) {
      throw Refusal.of(Code.BAD_INPUT, "a pair cannot have this name")
          .expected("1 to 80 letters, digits, dots, dashes and underscores")
          .got(name);
    }
  }
}

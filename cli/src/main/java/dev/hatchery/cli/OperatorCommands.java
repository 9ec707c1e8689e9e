package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.OperatorRole;
import dev.hatchery.wire.api.OperatorView;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who may use the server, each with a token of their own. */
final class OperatorCommands {
  private OperatorCommands() {}

  /** {@code hatchery operators}, above the others. */
  @Command(name = "operators", description = "Say who may use the server.")
  static final class Operators implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word")
          .expected("operators add, list or revoke");
    }
  }

  /** {@code hatchery operators add}. */
  @Command(
      name = "add",
      description = "Let another operator in, with a token of their own. Only admin does that.")
  static final class Add extends ServerCommand {
    @Parameters(paramLabel = "NAME", description = "as records will name them: operator:NAME")
    private @Nullable String name;

    @Option(
        names = {"-o", "--out"},
        required = true,
        paramLabel = "FILE",
        description = "where to write the new token (0600); the server keeps its hash only")
    private @Nullable Path out;

    @Option(
        names = "--role",
        defaultValue = "operator",
        paramLabel = "R",
        description = "operator, or updater: a token that may ask for holds, and nothing else")
    private String role = "operator";

    Add(Terminal terminal) {
      super(terminal);
    }

    // A token that could not be written down would be an operator whom nobody can be.
    @Override
    void prepare() {
      role();
      Path file = given(out);
      if (!Files.exists(file)) return;
      throw Refusal.of(Code.CONFLICT, "this file is already there")
          .at(file.toString())
          .expected("a file that does not exist")
          .fix("name another with -o");
    }

    private OperatorRole role() {
      return switch (role) {
        case "operator" -> OperatorRole.OPERATOR;
        case "updater" -> OperatorRole.UPDATER;
        default ->
            throw Refusal.of(Code.BAD_INPUT, "there is no such role")
                .at("--role")
                .expected("operator or updater")
                .got(role);
      };
    }

    @Override
    Integer run(OperatorClient client) {
      OperatorView made = client.addOperator(new Name(given(name)), role());
      Secret token = made.token().orElseThrow();
      Path file = given(out);
      Disk.writeSecret(file, (token.reveal() + "\n").getBytes(StandardCharsets.US_ASCII));
      if (json) terminal.json(Tree.object().put("name", made.name()).put("file", file).done());
      else terminal.line("operator " + made.name() + ": token in " + file);
      return 0;
    }
  }

  /** {@code hatchery operators list}. */
  @Command(name = "list", description = "List the operators.")
  static final class ListAll extends ServerCommand {
    ListAll(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      List<OperatorView> all = client.operators();
      if (json) {
        terminal.json(Api.OPERATORS.write(Page.all(all)));
        return 0;
      }
      terminal.table(
          List.of("OPERATOR", "ROLE", "SINCE"),
          all.stream()
              .map(
                  o ->
                      List.of(
                          o.name().value(),
                          o.role().name().toLowerCase(Locale.ROOT),
                          o.createdAt().truncatedTo(ChronoUnit.SECONDS).toString()))
              .toList());
      return 0;
    }
  }

  /** {@code hatchery operators revoke}. */
  @Command(name = "revoke", description = "End an operator's token. Only admin does that.")
  static final class Revoke extends ServerCommand {
    @Parameters(paramLabel = "NAME")
    private @Nullable String name;

    Revoke(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      OperatorView gone = client.revokeOperator(new Name(given(name)));
      if (json) terminal.json(Api.OPERATOR.write(gone));
      else terminal.line("operator " + gone.name() + ": the token opens nothing any more");
      return 0;
    }
  }
}

package dev.hatchery.cli;

import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementView;
import dev.hatchery.wire.api.PlacementView.State;
import dev.hatchery.wire.tree.Fields;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What was done to devices by hand, as people read it. */
final class PlacementText {
  private PlacementText() {}

  /** What came of a request. */
  static void asked(PlacementView view, Terminal terminal) {
    String what =
        devices(view.devices().size())
            + (view.request().kind() == PlacementRequest.Kind.ROLLBACK
                ? " told to go back"
                : " told to run " + view.request().release().map(ReleaseId::toString).orElse(""));
    terminal.line(
        view.id()
            .map(id -> name(view) + ": " + what)
            .orElse("nothing was done; it would be: " + what));
    table(view, terminal);
    view.left().forEach(l -> terminal.line("left where it is: " + l.device() + " " + l.why()));
  }

  static void print(PlacementView view, Terminal terminal) {
    terminal.line(
        name(view)
            + " of "
            + view.request().whom()
            + ", slot "
            + view.request().slot()
            + ", by "
            + view.by()
            + " at "
            + seconds(view.at())
            + ": "
            + view.request().reason());
    view.letGo()
        .ifPresent(
            end ->
                terminal.line(
                    "let go by " + end.by() + " at " + seconds(end.at()) + ": " + end.reason()));
    terminal.line(far(view));
    table(view, terminal);
  }

  static void list(List<PlacementView> all, Terminal terminal) {
    terminal.table(
        List.of("ID", "KIND", "WHOM", "SLOT", "AT", "BY", "STANDS", "REASON"),
        all.stream()
            .map(
                v ->
                    List.of(
                        v.id().map(String::valueOf).orElse("-"),
                        Fields.word(v.request().kind()),
                        v.request().whom(),
                        v.request().slot().value(),
                        seconds(v.at()),
                        v.by(),
                        far(v),
                        v.request().reason()))
            .toList());
  }

  private static void table(PlacementView view, Terminal terminal) {
    if (view.devices().isEmpty()) return;
    terminal.line("");
    terminal.table(
        List.of("DEVICE", "FROM", "TO", "STATE", "SINCE", "SAYS"),
        view.devices().stream()
            .map(
                d ->
                    List.of(
                        d.device().value(),
                        d.from().map(ReleaseId::toString).orElse("-"),
                        d.to().toString(),
                        Fields.word(d.state()),
                        seconds(d.since()),
                        d.detail()))
            .toList());
  }

  /** {@code 3 of 4 confirmed, 1 failed}. */
  private static String far(PlacementView view) {
    int all = view.devices().size();
    State end = view.letGo().isPresent() ? State.LET_GO : State.CONFIRMED;
    String others =
        Arrays.stream(State.values())
            .filter(state -> state != end && view.count(state) > 0)
            .map(state -> ", " + view.count(state) + " " + Fields.word(state))
            .collect(Collectors.joining());
    return view.count(end) + " of " + all + " " + Fields.word(end) + others;
  }

  private static String name(PlacementView view) {
    return Fields.word(view.request().kind()) + view.id().map(id -> " " + id).orElse("");
  }

  private static String devices(int n) {
    return n == 1 ? "1 device" : n + " devices";
  }

  private static String seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

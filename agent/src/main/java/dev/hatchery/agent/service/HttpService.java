package dev.hatchery.agent.service;

import dev.hatchery.agent.http.Http;
import dev.hatchery.agent.http.Reply;
import dev.hatchery.agent.telemetry.Exposition;
import dev.hatchery.agent.telemetry.Scrape;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A service spoken to over HTTP on loopback. */
public final class HttpService implements Service {
  private static final Duration PROBE = Duration.ofSeconds(2);
  private static final Duration INFER = Duration.ofSeconds(10);
  private static final DataSize MAX_ANSWER = DataSize.kib(256);
  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

  private final Http http;
  private final Contract contract;

  public HttpService(Http http, Contract contract) {
    this.http = http;
    this.contract = contract;
  }

  @Override
  public boolean reloadStartsProcess() {
    return contract.reload() instanceof Contract.Command;
  }

  @Override
  public Reloaded reload(Duration patience) throws InterruptedException {
    return switch (contract.reload()) {
      case Contract.Post post -> reload(post.path(), patience);
      case Contract.Command command -> ReloadCommand.run(command.argv(), patience);
      case Contract.Itself _ -> new Done();
    };
  }

  private Reloaded reload(String path, Duration patience) throws InterruptedException {
    try (Reply reply = http.post(path, JSON, new byte[0], patience)) {
      byte[] body = reply.bytes(MAX_ANSWER, PROBE);
      return switch (reply.status() / 100) {
        case 2 -> new Done();
        default ->
            busy(reply.status())
                ? new Away("the service is busy, " + reply.status())
                : new Unwilling(reason(reply.status(), body));
      };
    } catch (Refusal refusal) {
      return new Away(refusal.problem().got());
    }
  }

  private static boolean busy(int status) {
    return status == Code.RATE_LIMITED.httpStatus()
        || status == Code.SLOW.httpStatus()
        || status == 503;
  }

  // Our own services answer with problem documents; of others, the status must do.
  private static String reason(int status, byte[] body) {
    try {
      return Wire.PROBLEM.parse(body, MAX_ANSWER, "answer").line();
    } catch (Refusal noProblem) {
      return "the service answered " + status;
    }
  }

  @Override
  public Look look() throws InterruptedException {
    Optional<Answered> ready = get(contract.ready(), Echo.MAX);
    if (ready.isEmpty()) return Look.AWAY;
    Optional<Echo> echo =
        get(contract.model(), Echo.MAX)
            .filter(Answered::ok)
            .flatMap(a -> Echo.parse(a.body.toArray()));
    Optional<byte[]> page =
        get(contract.metrics(), Exposition.MAX).filter(Answered::ok).map(a -> a.body.toArray());
    Optional<Scrape> scrape = page.map(p -> Exposition.read(p, contract.names()));
    Optional<Scrape> shadow =
        echo.flatMap(Echo::shadow).isEmpty()
            ? Optional.empty()
            : page.map(p -> Exposition.read(p, contract.names().ofShadow()));
    return new Look(true, ready.get().ok(), echo, scrape, shadow);
  }

  private record Answered(int status, Bytes body) {
    boolean ok() {
      return status == 200;
    }
  }

  private Optional<Answered> get(String path, DataSize max) throws InterruptedException {
    try (Reply reply = http.get(path, Map.of(), PROBE)) {
      return Optional.of(new Answered(reply.status(), Bytes.of(reply.bytes(max, PROBE))));
    } catch (Refusal noAnswer) {
      return Optional.empty();
    }
  }

  @Override
  public Answer infer(byte[] request) throws InterruptedException {
    try (Reply reply = http.post(contract.infer(), JSON, request, INFER)) {
      byte[] body = reply.bytes(MAX_ANSWER, INFER);
      if (busy(reply.status())) return new Silent("the service is busy, " + reply.status());
      if (reply.status() != 200) return new Wrong(reason(reply.status(), body));
      return label(body);
    } catch (Refusal refusal) {
      return new Silent(refusal.problem().line());
    }
  }

  private static Answer label(byte[] body) {
    try {
      return Json.parse(body, MAX_ANSWER, "answer") instanceof Node.Obj top
              && top.fields().get("label") instanceof Node.Text label
          ? new Labelled(label.value())
          : new Wrong("the answer has no label: " + clip(body));
    } catch (Refusal nonsense) {
      return new Wrong("the answer is not JSON: " + clip(body));
    }
  }

  private static String clip(byte[] body) {
    return new String(body, 0, Math.min(80, body.length), StandardCharsets.UTF_8)
        .replaceAll("\\p{Cntrl}", "?");
  }
}

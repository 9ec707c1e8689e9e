package dev.hatchery.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.runner.ort.TinyOnnx;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ReloadUnderLoadTest {
  private static final int CLIENTS = 6;
  private static final int RELOADS = 40;
  private static final String BODY = "{\"shape\":[1,2],\"data\":[1,1]}";
  private static final byte[] RED = TinyOnnx.first("red", "other").bytes();
  private static final byte[] BLUE = TinyOnnx.first("blue", "other").bytes();

  @Test
  void noRequestIsDroppedOrFailsWhileModelsChange(@TempDir Path folder) throws Exception {
    var answers = new ArrayList<HttpResponse<String>>();
    try (var service = new Service(folder);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      service.slot().install(RED);
      service.post("/reload", "");
      var done = new AtomicBoolean();
      List<Future<List<HttpResponse<String>>>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(askUntil(done, service)));
      }
      for (int i = 0; i < RELOADS; i++) {
        Digest bundle = service.slot().install(i % 2 == 0 ? BLUE : RED);
        assertThat(service.post("/reload", "").body()).contains(bundle.toString());
      }
      done.set(true);
      for (var client : clients) {
        answers.addAll(client.get());
      }
      assertThat(service.metric("hatchery_inference_errors_total")).isZero();
      assertThat(service.metric("hatchery_inference_requests_total")).isEqualTo(answers.size());
    }
    assertThat(answers).hasSizeGreaterThan(RELOADS).allMatch(a -> a.statusCode() == 200);
    assertThat(labelsByModel(answers))
        .isEqualTo(
            Map.of(
                Digest.of(RED).toString(), Set.of("red"),
                Digest.of(BLUE).toString(), Set.of("blue")));
  }

  private static Callable<List<HttpResponse<String>>> askUntil(
      AtomicBoolean done, Service service) {
    return () -> {
      List<HttpResponse<String>> answers = new ArrayList<>();
      while (!done.get()) {
        answers.add(service.post("/infer", BODY));
      }
      return answers;
    };
  }

  /** Which labels each model file was heard to say. */
  private static Map<String, Set<String>> labelsByModel(List<HttpResponse<String>> answers) {
    return answers.stream()
        .map(answer -> Json.parse(answer.body().getBytes(UTF_8), DataSize.kib(4), "answer"))
        .map(answer -> Fields.read(answer, ReloadUnderLoadTest::modelAndLabel))
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey,
                Collectors.mapping(Map.Entry::getValue, Collectors.toUnmodifiableSet())));
  }

  private static Map.Entry<String, String> modelAndLabel(Fields answer) {
    answer.list("labels", Fields::text);
    answer.get("probs", probs -> probs);
    return Map.entry(answer.text("model"), answer.text("label"));
  }
}

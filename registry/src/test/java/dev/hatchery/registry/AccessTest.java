package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.REPO;
import static dev.hatchery.registry.Bench.bytes;
import static dev.hatchery.registry.Bench.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccessTest {
  private static final Access READER = new Rights(true, Set.of("inspection"), Set.of());
  private static final Access STRANGER = new Rights(true, Set.of(), Set.of());

  private final Bench bench;
  private final Digest manifest;
  private final Digest blob = Digest.of(bytes("model"));

  AccessTest(@TempDir Path folder) {
    bench = new Bench(folder);
    manifest = bench.pushArtifact(REPO, "1.0.0", "model");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private List<Bench.Call> pulls() {
    return List.of(
        bench.get("/inspection/blobs/" + blob),
        bench.get("/inspection/blobs/" + Digest.of(bytes("absent"))),
        bench.get("/inspection/manifests/1.0.0"),
        bench.get("/inspection/manifests/9.9.9"),
        bench.get("/inspection/manifests/" + manifest),
        bench.get("/inspection/tags/list"),
        bench.get("/never-pushed/tags/list"),
        bench.get("/inspection/referrers/" + manifest));
  }

  private List<Bench.Call> pushes() {
    return List.of(
        bench.call("POST", "/inspection/blobs/uploads/"),
        bench.call("POST", "/inspection/blobs/uploads/?digest=" + blob).body(bytes("model")),
        bench.call("POST", "/inspection/blobs/uploads/?from=llm&mount=" + blob),
        bench.get("/inspection/blobs/uploads/0123"),
        bench.call("PATCH", "/inspection/blobs/uploads/0123").body(bytes("x")),
        bench.call("PUT", "/inspection/blobs/uploads/0123?digest=" + blob),
        bench.call("DELETE", "/inspection/blobs/uploads/0123"),
        bench.putManifest(REPO, "1.0.1", bench.artifact(REPO, "model", Optional.empty())));
  }

  @Test
  void whoIsUnknownIsToldWhereToGetAToken() {
    for (Bench.Call pull : pulls()) pull.as(Rights.NOBODY).refused(401, "UNAUTHORIZED");
    for (Bench.Call push : pushes()) push.as(Rights.NOBODY).refused(401, "UNAUTHORIZED");
    bench.get("/").as(Rights.NOBODY).refused(401, "UNAUTHORIZED");

    String realm = "Bearer realm=\"https://hatchery.example/token\",service=\"hatchery\"";
    assertThat(challenge(bench.get("/"))).isEqualTo(realm);
    assertThat(challenge(bench.get("/inspection/tags/list")))
        .isEqualTo(realm + ",scope=\"repository:inspection:pull\"");
    assertThat(challenge(bench.call("POST", "/inspection/blobs/uploads/")))
        .isEqualTo(realm + ",scope=\"repository:inspection:pull,push\"");
  }

  private static String challenge(Bench.Call call) {
    return header(call.as(Rights.NOBODY).answer(401), "WWW-Authenticate");
  }

  @Test
  void whoIsKnownAndMayNotIsDeniedAndLearnsNothing() {
    for (Bench.Call pull : pulls()) pull.as(STRANGER).refused(403, "DENIED");
    for (Bench.Call push : pushes()) push.as(STRANGER).refused(403, "DENIED");
    bench.get("/").as(STRANGER).answer(200);
  }

  @Test
  void whoMayReadMayNotWrite() {
    bench.get("/inspection/manifests/1.0.0").as(READER).answer(200);
    for (Bench.Call push : pushes()) push.as(READER).refused(403, "DENIED");
  }

  @Test
  void aDeviceReadsWhatWasAssignedToItAndNothingElse() {
    Access device =
        new Access() {
          @Override
          public boolean known() {
            return true;
          }

          @Override
          public boolean mayPull(Name repo, Digest content) {
            return content.equals(blob);
          }

          @Override
          public boolean mayPull(Name repo, String tag) {
            return false;
          }

          @Override
          public boolean mayList(Name repo) {
            return false;
          }

          @Override
          public boolean mayPush(Name repo) {
            return false;
          }
        };

    bench.get("/inspection/blobs/" + blob).as(device).answer(200);
    bench.get("/inspection/blobs/" + Digest.of(bytes("{}"))).as(device).refused(403, "DENIED");
    bench.get("/inspection/manifests/1.0.0").as(device).refused(403, "DENIED");
    bench.get("/inspection/tags/list").as(device).refused(403, "DENIED");
  }
}

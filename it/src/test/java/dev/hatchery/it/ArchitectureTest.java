package dev.hatchery.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The house of DESIGN section 4: who may depend on whom, and where a foreign library may appear.
 */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.hatchery");

  private static final Map<String, Set<String>> MAY_USE =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("core", Set.of()),
              Map.entry("wire", Set.of("core")),
              Map.entry("rollout", Set.of("core")),
              Map.entry("formats", Set.of("core")),
              Map.entry("delta-apply", Set.of()),
              Map.entry("delta-make", Set.of("core", "delta-apply", "formats")),
              Map.entry("bundle", Set.of("core", "wire")),
              Map.entry("client", Set.of("core", "wire")),
              Map.entry("registry", Set.of("core", "wire", "bundle", "client")),
              Map.entry("runner", Set.of("core", "wire")),
              Map.entry(
                  "pipeline", Set.of("core", "wire", "bundle", "formats", "client", "runner")),
              Map.entry("agent", Set.of("core", "wire", "bundle", "delta-apply")),
              Map.entry(
                  "server",
                  Set.of(
                      "core",
                      "wire",
                      "rollout",
                      "bundle",
                      "delta-apply",
                      "delta-make",
                      "registry")),
              Map.entry(
                  "lab",
                  Set.of(
                      "core",
                      "wire",
                      "rollout",
                      "formats",
                      "bundle",
                      "client",
                      "delta-apply",
                      "delta-make",
                      "registry",
                      "server",
                      "agent",
                      "runner")),
              Map.entry("examples", Set.of("core", "wire", "bundle", "client", "runner")),
              Map.entry(
                  "cli",
                  Set.of(
                      "core",
                      "wire",
                      "rollout",
                      "bundle",
                      "client",
                      "delta-apply",
                      "delta-make",
                      "registry",
                      "server",
                      "agent",
                      "runner",
                      "pipeline",
                      "lab",
                      "examples"))));

  @Test
  void modulesDependOnlyOnTheOnesBelowThem() {
    Map<String, Set<String>> wrong = new TreeMap<>();
    for (JavaClass from : CLASSES) {
      from.getDirectDependenciesFromSelf().stream()
          .map(d -> d.getTargetClass().getBaseComponentType())
          .filter(to -> to.getPackageName().startsWith("dev.hatchery."))
          .map(ArchitectureTest::module)
          .filter(to -> !to.equals(module(from)))
          .filter(to -> !MAY_USE.getOrDefault(module(from), Set.of()).contains(to))
          .forEach(
              to ->
                  wrong
                      .computeIfAbsent(module(from) + " uses " + to, _ -> new TreeSet<>())
                      .add(from.getName()));
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyModuleOfTheHouseIsInThisTest() {
    Set<String> modules = new TreeSet<>();
    CLASSES.forEach(c -> modules.add(module(c)));

    assertThat(modules).isEqualTo(MAY_USE.keySet());
  }

  @Test
  void packagesFormNoCircle() {
    slices().matching("dev.hatchery.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource({
    "tools.jackson.., dev.hatchery.wire.json",
    "org.snakeyaml.., dev.hatchery.wire.yaml",
    "org.apache.commons.statistics.., dev.hatchery.rollout",
    "io.javalin.., dev.hatchery.server.http",
    "org.eclipse.jetty.., dev.hatchery.server.http",
    "jakarta.servlet.., dev.hatchery.server.http",
    "org.jdbi.., dev.hatchery.server.db",
    "org.flywaydb.., dev.hatchery.server.db",
    "org.sqlite.., dev.hatchery.server.db",
    "java.sql.., dev.hatchery.server.db",
    "io.prometheus.., dev.hatchery.server.metrics",
    "javax.jmdns.., dev.hatchery.agent.peer",
    "ai.onnxruntime.., dev.hatchery.runner.ort",
    "ai.onnx.proto.., dev.hatchery.pipeline.graph",
    "com.google.protobuf.., dev.hatchery.pipeline.graph",
    "picocli.., dev.hatchery.cli"
  })
  void aForeignLibraryAppearsInOnePackage(String library, String room) {
    noClasses()
        .that()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }

  @Test
  void onlyMainsAndTheCommandLineReadTheClock() {
    DescribedPredicate<JavaClass> pure =
        DescribedPredicate.describe(
            "neither Main nor the command line nor the demo",
            c ->
                !c.getSimpleName().equals("Main")
                    && !module(c).equals("cli")
                    && !c.getPackageName().endsWith(".demo"));
    noClasses().that(pure).should().callMethod(Instant.class, "now").check(CLASSES);
    noClasses().that(pure).should().callMethod(System.class, "currentTimeMillis").check(CLASSES);
  }

  @Test
  void decisionsAndVocabularyKnowNoDiskNoNetworkAndNoThreads() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.hatchery.core..", "dev.hatchery.rollout..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.file..", "java.io..", "java.net..", "java.util.concurrent..")
        .check(CLASSES);
  }

  private static String module(JavaClass c) {
    List<String> parts = Arrays.asList(c.getPackageName().split("\\.", -1));
    if (!parts.get(2).equals("delta")) return parts.get(2);
    return parts.size() > 3 && parts.get(3).equals("make") ? "delta-make" : "delta-apply";
  }
}

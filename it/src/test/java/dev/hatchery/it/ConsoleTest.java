package dev.hatchery.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console page in a real browser, over a real fleet. */
final class ConsoleTest {
  private static final String STAGES = "[{name: all, percent: 100, soak: 2s}]";
  private static final String APPROVED =
      "[{name: all, percent: 100, soak: 2s, approval: {count: 1}}]";
  private static final LocatorAssertions.HasTextOptions LATER =
      new LocatorAssertions.HasTextOptions().setTimeout(30_000);

  private static final LocatorAssertions.ContainsTextOptions THERE =
      new LocatorAssertions.ContainsTextOptions().setTimeout(30_000);

  @TempDir private Path folder;

  @Test
  void anOperatorSeesTheFleetAndTakesAChannelBackWithOneButton() throws Exception {
    try (Rig rig = Rig.start(folder);
        Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright.chromium().launch(chromium())) {
      Device device = rig.device("cam-1", rig.enrolment());
      Await.until(
          "the device",
          () -> rig.client().devices(),
          d -> !d.isEmpty() && d.getFirst().lastSeen().isPresent());
      var releases = new Releases(240, 80);
      TrainedRelease one = releases.baseline();
      roll(rig, "1.0.0", one);
      roll(rig, "1.1.0", releases.fineTuned(one));

      Page page = browser.newPage();
      List<String> errors = new ArrayList<>();
      page.onPageError(errors::add);
      page.navigate(rig.address().toString());
      page.getByLabel("Operator token").fill("not the token");
      page.getByRole(AriaRole.BUTTON, named("Open")).click();
      assertThat(page.getByRole(AriaRole.ALERT).first()).not().isEmpty();
      page.getByLabel("Operator token")
          .fill(Files.readString(folder.resolve("operator.token")).strip());
      page.getByRole(AriaRole.BUTTON, named("Open")).click();

      assertThat(page.locator("#devices")).containsText("cam-1");
      assertThat(page.locator("#channels")).containsText("inspection@1.1.0");
      assertThat(page.locator("#rollouts")).containsText("completed");

      // For whoever wants to look at it.
      page.screenshot(
          new Page.ScreenshotOptions().setPath(Path.of("target/console.png")).setFullPage(true));

      page.locator("#devices button[data-device=cam-1]").click();
      assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Its slot vision leaves");
      page.getByRole(AriaRole.DIALOG).locator("button[value=yes]").click();
      assertThat(page.locator("#placements")).containsText("1 of 1 device there", THERE);
      assertThat(page.locator("#devices")).containsText("inspection@1.0.0");
      page.locator("#placements button[data-placement]").click();
      page.getByRole(AriaRole.DIALOG).locator("button[value=yes]").click();
      assertThat(page.locator("#placements .card"))
          .hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(30_000));
      runs(rig, "inspection@1.1.0");

      page.getByRole(AriaRole.BUTTON, named("Roll back …")).click();
      assertThat(page.getByRole(AriaRole.DIALOG)).containsText("go back to inspection@1.0.0");
      page.getByRole(AriaRole.DIALOG).locator("button[value=yes]").click();

      assertThat(page.locator("#channels .card strong"))
          .hasText("inspection@1.0.0", new LocatorAssertions.HasTextOptions().setTimeout(20_000));
      runs(rig, "inspection@1.0.0");
      assertThat(errors).isEmpty();
      assertThat(device.link("current")).isNotEmpty();
    }
  }

  @Test
  void aSecondPersonApprovesRejectsAndUndoesThroughTheButtons() throws Exception {
    try (Rig rig = Rig.start(folder);
        Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright.chromium().launch(chromium())) {
      rig.device("cam-1", rig.enrolment());
      Await.until(
          "the device",
          () -> rig.client().devices(),
          d -> !d.isEmpty() && d.getFirst().lastSeen().isPresent());
      var releases = new Releases(240, 80);
      TrainedRelease one = releases.baseline();
      roll(rig, "1.0.0", one);
      rig.publish("1.1.0", releases.fineTuned(one).onnx().toArray(), Optional.empty(), rig.release);
      String bob = rig.client().addOperator(new Name("bob")).token().orElseThrow().reveal();
      Page page = browser.newPage();
      List<String> errors = new ArrayList<>();
      page.onPageError(errors::add);
      page.navigate(rig.address().toString());
      page.getByLabel("Operator token").fill(bob);
      page.getByRole(AriaRole.BUTTON, named("Open")).click();

      RolloutView asked = rig.rollOut("1.1.0", APPROVED);
      press(page, "approve", "Stage all begins");
      rig.await(asked, r -> r.phase() == Phase.COMPLETED);
      assertThat(page.locator("#channels .card strong")).hasText("inspection@1.1.0", LATER);

      press(page, "undo", "How it ended is taken back");
      assertThat(page.locator("#channels .card strong")).hasText("inspection@1.0.0", LATER);
      assertThat(page.locator("#rollouts")).containsText("Undone by operator:bob");

      RolloutView again = rig.rollOut("1.1.0", APPROVED);
      press(page, "reject", "aborted for good");
      RolloutView rejected = rig.await(again, r -> r.phase().over());
      assertThat(rejected.abort().orElseThrow().reason()).startsWith("rejected by operator:bob");
      assertThat(page.locator("#rollouts")).containsText("rejected by operator:bob");
      assertThat(errors).isEmpty();
    }
  }

  private static void runs(Rig rig, String release) throws Exception {
    Await.until(
        "the device to run " + release,
        () -> rig.client().devices().getFirst().slots().values().iterator().next().running(),
        running -> running.equals(Optional.of(ReleaseId.parse(release))));
  }

  // The console looks every few seconds, and a browser on a busy machine is slow.
  private static void press(Page page, String verb, String question) {
    var button = page.locator("#rollouts button[data-verb=" + verb + "]").first();
    assertThat(button).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(30_000));
    button.click();
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText(question);
    page.getByRole(AriaRole.DIALOG).locator("button[value=yes]").click();
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static BrowserType.LaunchOptions chromium() {
    return new BrowserType.LaunchOptions()
        .setExecutablePath(Path.of("/usr/bin/chromium"))
        .setArgs(
            List.of(
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking"));
  }

  private static void roll(Rig rig, String version, TrainedRelease release) throws Exception {
    rig.publish(version, release.onnx().toArray(), Optional.empty(), rig.release);
    RolloutView over = rig.await(rig.rollOut(version, STAGES), r -> r.phase().over());
    assertThat(over.phase()).isEqualTo(Phase.COMPLETED);
  }
}

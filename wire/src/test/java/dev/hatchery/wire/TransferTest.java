package dev.hatchery.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Fewer bytes: how they are allowed, asked for and accounted. */
final class TransferTest {
  private static final DataSize MAX = DataSize.kib(64);
  private static final Digest TARGET = Digest.of(new byte[] {1});
  private static final Digest BASE = Digest.of(new byte[] {2});
  private static final Digest PATCH = Digest.of(new byte[] {3});

  @Test
  void everyMessageIsReadBackAsItWasWritten() {
    same(Wire.DELIVERY, Delivery.DEFAULT);
    same(Wire.DELIVERY, Samples.DELIVERY);
    same(Wire.TRAFFIC, new Traffic(1, 2, 3, 4));
    same(Wire.WIRE_COUNT, new WireCount(5, 6));
    same(Wire.LIMITS, Limits.NONE);
    same(Wire.LIMITS, limits());
    same(Wire.DELTA_OFFERS, offers(10, offer(3), offer(9)));
    same(Wire.DELTA_OFFERS, new DeltaOffers(TARGET, 0, List.of(), true));
    same(Wire.LEASE_REQUEST, new LeaseRequest(new Name("vision"), "r/1", TARGET, 7, true, false));
    same(Wire.LEASE_USE, new LeaseUse(7, true));
    same(Wire.LEASE_ANSWER, new LeaseAnswer.Wait(Duration.ofSeconds(9), "site is full", true));
    same(
        Wire.LEASE_ANSWER,
        new LeaseAnswer.Granted(
            "l-1_a", Duration.ofMinutes(1), Optional.empty(), OptionalLong.empty()));
    same(
        Wire.LEASE_ANSWER,
        new LeaseAnswer.Granted(
            "x", Duration.ofMinutes(1), Optional.of(DataSize.kib(64)), OptionalLong.of(0)));
  }

  @Test
  void anOrderWithoutADeliveryIsWrittenAsBefore() {
    Order delayed = Samples.desired().slots().values().iterator().next();
    String json = text(Wire.ORDER, delayed);
    String before = json.replaceAll(",\"delivery\":\\{[^}]*}", "");
    assertThat(before).isNotEqualTo(json);
    Order order = parse(Wire.ORDER, before);

    assertThat(order.delivery()).isEqualTo(Delivery.DEFAULT);
    assertThat(text(Wire.ORDER, order)).isEqualTo(before);
  }

  @Test
  void aStatusFromBeforeThereWereSourcesCountsAsFetchedWhole() {
    SlotStatus status = Samples.report().slots().values().iterator().next();
    String json = text(Wire.SLOT_STATUS, status);
    assertThat(json)
        .endsWith(
            "\"bytesDownloaded\":1230,"
                + "\"traffic\":{\"full\":1000,\"delta\":200,\"peer\":30,\"resumed\":4}}");

    String before = json.replaceAll(",\"traffic\":\\{[^}]*}", "");
    assertThat(parse(Wire.SLOT_STATUS, before).traffic()).isEqualTo(new Traffic(1230, 0, 0, 0));
    String neither = before.replace(",\"bytesDownloaded\":1230", "");
    assertThatThrownBy(() -> parse(Wire.SLOT_STATUS, neither))
        .hasMessageContaining("a field is missing");
  }

  @Test
  void aRolloutFileSaysHowItsBytesMayCome() {
    String yaml =
        """
        rollout: r
        slot: vision
        channel: stable
        release: inspection@1.1.0
        stages: [{name: all, percent: 100}]
        gates: [{metric: errors, limit: 5%}]
        delivery:
          deltas: require
          peers: false
          unmeteredOnly: true
          rate: 256 KiB
          stageFrom: 2026-11-20T12:00:00Z
          activateFrom: 2026-11-21T12:00:00Z
          window: Mon-Fri 22:00-05:00
          activateWindow: 01:00-05:00
        """;
    var spec = Wire.ROLLOUT_SPEC.read(Yaml.parse(yaml, "rollout.yaml"));

    assertThat(spec.delivery())
        .isEqualTo(
            new Delivery(
                Delivery.DeltaUse.REQUIRE,
                false,
                true,
                Optional.of(DataSize.kib(256)),
                Optional.of(Instant.parse("2026-11-20T12:00:00Z")),
                Optional.of(Instant.parse("2026-11-21T12:00:00Z")),
                Optional.of(DailyWindow.parse("Mon-Fri 22:00-05:00")),
                Optional.of(DailyWindow.parse("01:00-05:00"))));
    same(Wire.ROLLOUT_SPEC, spec);
    assertThatThrownBy(
            () ->
                Wire.ROLLOUT_SPEC.read(
                    Yaml.parse(yaml.replace("deltas: require", "deltas: requier"), "rollout.yaml")))
        .hasMessageContaining("rollout.yaml:8 delivery.deltas")
        .hasMessageContaining("did you mean require?");
    var silent = Yaml.parse(yaml.substring(0, yaml.indexOf("delivery:")), "rollout.yaml");
    assertThat(Wire.ROLLOUT_SPEC.read(silent).delivery()).isEqualTo(Delivery.DEFAULT);
  }

  @Test
  void aLimitsFileIsRead() {
    String yaml =
        """
        server: {concurrentDownloads: 50, rate: 20 MiB}
        sites:
          oslo:
            concurrentDownloads: 1
            rate: 512 KiB
            dailyBudget: 200 MiB
            monthlyCap: 2 GiB
            firstDayOfBillingMonth: 15
        otherSites: {concurrentDownloads: 2}
        deviceRate: 256 KiB
        """;

    assertThat(Wire.LIMITS.read(Yaml.parse(yaml, "limits.yaml"))).isEqualTo(limits());
    assertThatThrownBy(
            () ->
                Wire.LIMITS.read(
                    Yaml.parse(yaml.replace("monthlyCap", "montlyCap"), "limits.yaml")))
        .hasMessageContaining("limits.yaml:7 sites.oslo.montlyCap")
        .hasMessageContaining("did you mean monthlyCap?");
  }

  @Test
  void offersStandSmallestFirstAndAreSmallerThanTheirTarget() {
    assertThat(offers(10, offer(9), offer(2)).offers()).containsExactly(offer(2), offer(9));
    assertThatThrownBy(() -> offers(9, offer(9))).hasMessageContaining("no smaller");
    assertThatThrownBy(() -> offer(0)).isInstanceOf(Refusal.class);
    List<DeltaOffer> many = Collections.nCopies(DeltaOffers.MAX_OFFERS + 1, offer(1));
    assertThatThrownBy(() -> new DeltaOffers(TARGET, 10, many, false)).isInstanceOf(Refusal.class);
  }

  @Test
  void aQueryIsReadBackFromItsParameters() {
    var query = new DeltaQuery(TARGET, List.of(BASE, PATCH));
    assertThat(query.query())
        .isEqualTo("target=" + TARGET.hex() + "&have=" + BASE.hex() + "," + PATCH.hex());
    assertThat(DeltaQuery.parse(TARGET.hex(), BASE.hex() + "," + PATCH.hex())).isEqualTo(query);

    assertThat(new DeltaQuery(TARGET, List.of()).query()).isEqualTo("target=" + TARGET.hex());
    assertThat(DeltaQuery.parse(TARGET.hex(), "").have()).isEmpty();
    String tooMany = String.join(",", Collections.nCopies(17, BASE.hex()));
    for (String have : List.of(",", BASE.hex() + ",", "x", tooMany)) {
      assertThatThrownBy(() -> DeltaQuery.parse(TARGET.hex(), have)).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void aLeaseThatCannotStandInAPathIsRefused() {
    for (String lease : List.of("", "a/b", "..", "x".repeat(65))) {
      assertThatThrownBy(
              () ->
                  new LeaseAnswer.Granted(
                      lease, Duration.ofSeconds(1), Optional.empty(), OptionalLong.empty()))
          .isInstanceOf(Refusal.class);
    }
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofDays(41))) {
      assertThatThrownBy(() -> new LeaseAnswer.Wait(wrong, "", false)).isInstanceOf(Refusal.class);
    }
    assertThatThrownBy(() -> new LeaseUse(-1, false)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new LeaseRequest(new Name("v"), "c", TARGET, -1, false, true))
        .isInstanceOf(Refusal.class);
  }

  private static Limits limits() {
    return new Limits(
        new Limits.Server(OptionalInt.of(50), Optional.of(DataSize.mib(20))),
        Map.of(
            "oslo",
            new Limits.Site(
                OptionalInt.of(1),
                Optional.of(DataSize.kib(512)),
                Optional.of(DataSize.mib(200)),
                Optional.of(DataSize.mib(2048)),
                15)),
        new Limits.Site(OptionalInt.of(2), Optional.empty(), Optional.empty(), Optional.empty(), 1),
        Optional.of(DataSize.kib(256)));
  }

  private static DeltaOffers offers(long size, DeltaOffer... offers) {
    return new DeltaOffers(TARGET, size, List.of(offers), false);
  }

  private static DeltaOffer offer(long size) {
    return new DeltaOffer(size % 2 == 0 ? Optional.empty() : Optional.of(BASE), PATCH, size);
  }

  private static <T> void same(Codec<T> codec, T value) {
    assertThat(parse(codec, text(codec, value))).isEqualTo(value);
  }

  private static <T> String text(Codec<T> codec, T value) {
    return new String(Json.write(codec.write(value)), StandardCharsets.UTF_8);
  }

  private static <T> T parse(Codec<T> codec, String json) {
    return codec.parse(json.getBytes(StandardCharsets.UTF_8), MAX, "test");
  }
}

package dev.hatchery.agent;

import dev.hatchery.agent.api.Answer;
import dev.hatchery.agent.api.DeviceApi;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.report.Reporter;
import dev.hatchery.agent.trust.Acceptance;
import dev.hatchery.agent.trust.Acceptance.Mark;
import dev.hatchery.agent.trust.Freshness;
import dev.hatchery.agent.trust.TrustStore;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.ReportAnswer;
import dev.hatchery.wire.ReportBatch;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Sends reports, and acts on the signed heartbeat in the answer. */
final class Heartbeats implements Reporter.Sender {
  private final DeviceApi api;
  private final TrustStore trust;
  private final Acceptance acceptance;
  private final Freshness freshness;
  private final EventLog log;
  private final Alarms alarms;
  private boolean troubleTold;

  /**
   * What a heartbeat can set off.
   *
   * @param news the desired state should be asked for again
   * @param frozen somebody holds news back
   */
  record Alarms(Runnable news, Consumer<Step.Refused> frozen) {}

  Heartbeats(DeviceApi api, TrustStore trust, Acceptance acceptance, EventLog log, Alarms alarms) {
    this.api = api;
    this.trust = trust;
    this.acceptance = acceptance;
    this.freshness = new Freshness(trust);
    this.log = log;
    this.alarms = alarms;
  }

  @Override
  public Answer<ReportAnswer> send(ReportBatch batch) throws InterruptedException {
    Answer<ReportAnswer> answer = api.report(batch);
    if (answer instanceof Answer.Bad<ReportAnswer> bad && !troubleTold) {
      log.refusal("report-failed", bad.why());
    }
    troubleTold = answer instanceof Answer.Bad<ReportAnswer>;
    return answer;
  }

  @Override
  public void heartbeat(Envelope envelope, String nonce) throws InterruptedException {
    Heartbeat heartbeat;
    try {
      heartbeat = checked(envelope, nonce);
    } catch (Refusal refusal) {
      if (refusal.code() == Code.STORAGE) throw refusal;
      log.refusal("heartbeat-refused", refusal);
      return;
    }
    Mark told = new Mark(heartbeat.keyset(), heartbeat.counter());
    acceptance.heard(told);
    switch (freshness.judge(heartbeat, acceptance.seen())) {
      case FRESH -> {}
      case NEWS -> alarms.news.run();
      case FROZEN -> {
        alarms.news.run();
        alarms.frozen.accept(frozen(told));
      }
    }
  }

  // The director may have been replaced: the next trust document says so, or there is none.
  private Heartbeat checked(Envelope envelope, String nonce) throws InterruptedException {
    try {
      return freshness.check(envelope, nonce);
    } catch (Refusal refusal) {
      boolean key = refusal.code() == Code.BAD_SIGNATURE || refusal.code() == Code.THRESHOLD;
      if (!key || !trust.advance(api)) throw refusal;
      return freshness.check(envelope, nonce);
    }
  }

  private Step.Refused frozen(Mark told) {
    Digest document = Digest.of(("heartbeat " + told).getBytes(StandardCharsets.UTF_8));
    return new Step.Refused(
        document,
        Code.FREEZE,
        "the server's heartbeats name " + told + ", the device gets " + acceptance.seen());
  }
}

package dev.hatchery.client.api;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.AbortRequest;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.ChannelView;
import dev.hatchery.wire.api.DecisionView;
import dev.hatchery.wire.api.DeviceView;
import dev.hatchery.wire.api.DirectorView;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import dev.hatchery.wire.api.EnrolmentTokenView;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.ReleaseRequest;
import dev.hatchery.wire.api.ReleaseView;
import dev.hatchery.wire.api.RollbackRequest;
import dev.hatchery.wire.api.RollbackView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.TrustView;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import javax.net.ssl.SSLContext;

/**
 * A typed client of the operator API. Every method waits for the answer, and refuses as the server
 * does.
 */
public final class OperatorClient {
  private final Calls calls;

  /**
   * For one server.
   *
   * @param server scheme, host and port
   * @param tls which CA to believe; absent: the platform's
   */
  public OperatorClient(URI server, Secret token, Optional<SSLContext> tls) {
    this.calls = new Calls(server, token, tls);
  }

  public DirectorView director() {
    return get("/director", Api.DIRECTOR);
  }

  /** Gives the server a signed trust document. */
  public TrustView loadTrust(Envelope trust) {
    return Api.TRUST.parse(
        calls.put("/trust", Wire.ENVELOPE.bytes(trust)), Calls.ANSWER_MAX, "/trust");
  }

  /** Gives the server a signed policy. */
  public TrustView loadPolicy(Envelope policy) {
    return Api.TRUST.parse(
        calls.put("/policy", Wire.ENVELOPE.bytes(policy)), Calls.ANSWER_MAX, "/policy");
  }

  public List<DeviceView> devices() {
    return all("/devices", Api.DEVICES);
  }

  public DeviceView device(DeviceId id) {
    return get("/devices/" + id, Api.DEVICE);
  }

  public EnrolmentTokenView enrolmentToken(EnrolmentTokenRequest request) {
    return post(
        "/enrolment-tokens", Api.ENROLMENT_TOKEN_REQUEST.bytes(request), Api.ENROLMENT_TOKEN);
  }

  /** Makes a bundle in the registry a release; the same again is the same. */
  public ReleaseView createRelease(ReleaseId release) {
    return post("/releases", Api.RELEASE_REQUEST.bytes(new ReleaseRequest(release)), Api.RELEASE);
  }

  public List<ReleaseView> releases() {
    return all("/releases", Api.RELEASES);
  }

  public List<ChannelView> channels() {
    return all("/channels", Api.CHANNELS);
  }

  public RollbackView rollback(Name slot, Name channel, RollbackRequest request) {
    return post(
        "/channels/" + slot + "/" + channel + "/rollback",
        Api.ROLLBACK_REQUEST.bytes(request),
        Api.ROLLBACK);
  }

  /**
   * Starts a rollout. The key is the spec's own digest, so that the same spec starts one rollout,
   * however often sent.
   */
  public RolloutView startRollout(RolloutSpec spec) {
    byte[] body = Wire.ROLLOUT_SPEC.bytes(spec);
    String key = Bytes.of(body).digest().hex();
    return Api.ROLLOUT.parse(calls.post("/rollouts", body, key), Calls.ANSWER_MAX, "/rollouts");
  }

  public List<RolloutView> rollouts() {
    return all("/rollouts", Api.ROLLOUTS);
  }

  public RolloutView rollout(String id) {
    return get("/rollouts/" + id, Api.ROLLOUT);
  }

  public RolloutView promote(String id) {
    return act(id, "promote");
  }

  public RolloutView pause(String id) {
    return act(id, "pause");
  }

  public RolloutView resume(String id) {
    return act(id, "resume");
  }

  public RolloutView retry(String id) {
    return act(id, "retry");
  }

  public RolloutView abort(String id, String reason) {
    return post(
        "/rollouts/" + id + "/abort",
        Api.ABORT_REQUEST.bytes(new AbortRequest(reason)),
        Api.ROLLOUT);
  }

  public List<DecisionView> decisions(String rollout) {
    return all("/decisions?rollout=" + rollout, Api.DECISIONS);
  }

  /** The record of every change after a number. */
  public List<AuditView> audit(long after) {
    return all("/audit", Api.AUDITS, after);
  }

  private RolloutView act(String id, String action) {
    return post("/rollouts/" + id + "/" + action, new byte[] {'{', '}'}, Api.ROLLOUT);
  }

  private <T> T get(String path, Codec<T> codec) {
    return codec.parse(calls.get(path), Calls.ANSWER_MAX, path);
  }

  private <T> T post(String path, byte[] body, Codec<T> codec) {
    return codec.parse(
        calls.post(path, body, UUID.randomUUID().toString()), Calls.ANSWER_MAX, path);
  }

  private <T> List<T> all(String path, Codec<Page<T>> codec) {
    return all(path, codec, 0);
  }

  private <T> List<T> all(String path, Codec<Page<T>> codec, long after) {
    List<T> items = new ArrayList<>();
    OptionalLong next = OptionalLong.of(after);
    while (next.isPresent()) {
      String sign = path.contains("?") ? "&" : "?";
      Page<T> page =
          get(next.getAsLong() == 0 ? path : path + sign + "after=" + next.getAsLong(), codec);
      items.addAll(page.items());
      next = page.next();
    }
    return items;
  }
}

package dev.hatchery.client.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.AbortRequest;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.ApproveRequest;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.BytesRow;
import dev.hatchery.wire.api.ChannelView;
import dev.hatchery.wire.api.DecisionView;
import dev.hatchery.wire.api.DeviceView;
import dev.hatchery.wire.api.DirectorView;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import dev.hatchery.wire.api.EnrolmentTokenView;
import dev.hatchery.wire.api.Explanation;
import dev.hatchery.wire.api.LabelsImported;
import dev.hatchery.wire.api.OperatorRequest;
import dev.hatchery.wire.api.OperatorRole;
import dev.hatchery.wire.api.OperatorView;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.PermitRequest;
import dev.hatchery.wire.api.PermitView;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementView;
import dev.hatchery.wire.api.PreflightView;
import dev.hatchery.wire.api.RecordedDeviceView;
import dev.hatchery.wire.api.RehearsalView;
import dev.hatchery.wire.api.ReleaseRequest;
import dev.hatchery.wire.api.ReleaseView;
import dev.hatchery.wire.api.RestraintView;
import dev.hatchery.wire.api.RollbackRequest;
import dev.hatchery.wire.api.RollbackView;
import dev.hatchery.wire.api.RolloutExplanation;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.SiteRequest;
import dev.hatchery.wire.api.SiteView;
import dev.hatchery.wire.api.TrustView;
import dev.hatchery.wire.tree.Fields;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import javax.net.ssl.SSLContext;

/** A server, as an operator uses it. Safe for use by many threads. */
public final class OperatorClient implements AutoCloseable {
  private static final String ROLLOUTS = "/api/v1/rollouts";
  private static final String LIMITS = "/api/v1/limits";
  private static final String RESTRAINTS = "/api/v1/restraints";
  private static final String PLACEMENTS = "/api/v1/placements";
  private static final String PERMITS = "/api/v1/permits/";
  private static final String OPERATORS = "/api/v1/operators";
  private static final int PAGES_MAX = 10_000;

  private final Calls calls;

  /**
   * A client of the server at {@code server}.
   *
   * @param token an operator token; refused where it would travel in the clear off loopback
   * @param tls for a certificate that the JDK's own trust store does not know
   */
  public OperatorClient(URI server, Secret token, Optional<SSLContext> tls) {
    this.calls = new Calls(server, token, tls);
  }

  /** The server's key, for the role director of the trust document. */
  public DirectorView director() {
    return calls.get("/api/v1/director", Api.DIRECTOR);
  }

  /** Brings a trust document into force; the one that is in force changes nothing. */
  public TrustView putTrust(Envelope trust) {
    return calls.put("/api/v1/trust", Wire.ENVELOPE, trust, Api.TRUST);
  }

  public TrustView putPolicy(Envelope policy) {
    return calls.put("/api/v1/policy", Wire.ENVELOPE, policy, Api.TRUST);
  }

  public List<DeviceView> devices() {
    return all(Api.DEVICES, after -> "/api/v1/devices?after=" + after);
  }

  public DeviceView device(DeviceId device) {
    return calls.get("/api/v1/devices/" + device, Api.DEVICE);
  }

  /** How the device will get its bytes, and why. */
  public Explanation explainDevice(DeviceId device) {
    return calls.get("/api/v1/devices/" + device + "/explain", Api.EXPLANATION);
  }

  /** Why a rollout stands where it stands, and what would change it. */
  public RolloutExplanation explainRollout(String id) {
    return calls.get(rolloutPath(id) + "/explain", Api.ROLLOUT_EXPLANATION);
  }

  /** What bytes were spent, in one billing month or in each that is known. */
  public List<BytesRow> bytes(Optional<YearMonth> month, BytesRow.By by) {
    String query = "/api/v1/bytes?by=" + Fields.word(by) + month.map(m -> "&month=" + m).orElse("");
    return all(Api.BYTES, after -> query + "&after=" + after);
  }

  public Limits limits() {
    return calls.get(LIMITS, Wire.LIMITS);
  }

  /** Replaces all limits; answers those in force now. */
  public Limits setLimits(Limits limits) {
    return calls.put(LIMITS, Wire.LIMITS, limits, Wire.LIMITS);
  }

  /** Makes a token with which devices may join; shown this once. */
  public EnrolmentTokenView enrolmentToken(EnrolmentTokenRequest request) {
    return calls.post(
        "/api/v1/enrolment-tokens", Api.ENROLMENT_TOKEN_REQUEST, request, Api.ENROLMENT_TOKEN);
  }

  /** Newest first. */
  public List<ReleaseView> releases() {
    return all(Api.RELEASES, after -> "/api/v1/releases?after=" + after);
  }

  /** Makes a bundle that was pushed a release; again for the same bundle changes nothing. */
  public ReleaseView createRelease(ReleaseId release) {
    return calls.post(
        "/api/v1/releases", Api.RELEASE_REQUEST, new ReleaseRequest(release), Api.RELEASE);
  }

  public List<ChannelView> channels() {
    return all(Api.CHANNELS, after -> "/api/v1/channels?after=" + after);
  }

  /** Aborts the channel's active rollout, or takes its head back where there is none. */
  public RollbackView rollback(Name slot, Name channel, RollbackRequest request) {
    return calls.post(
        "/api/v1/channels/" + slot + "/" + channel + "/rollback",
        Api.ROLLBACK_REQUEST,
        request,
        Api.ROLLBACK);
  }

  /** Newest first, without members. */
  public List<RolloutView> rollouts() {
    return all(Api.ROLLOUTS, after -> ROLLOUTS + "?after=" + after);
  }

  /**
   * One rollout with its members.
   *
   * @param id its id, or its name for the newest of that name
   */
  public RolloutView rollout(String id) {
    return calls.get(rolloutPath(id), Api.ROLLOUT);
  }

  /** Starts a rollout; one of the same spec that has not been rolled back is answered instead. */
  public RolloutView startRollout(RolloutSpec spec) {
    return calls.post(ROLLOUTS, Wire.ROLLOUT_SPEC, spec, Api.ROLLOUT);
  }

  /** What {@link #startRollout} would start, and what it would cost; changes nothing. */
  public RolloutView tryRollout(RolloutSpec spec) {
    return calls.post(ROLLOUTS + "?dryRun=true", Wire.ROLLOUT_SPEC, spec, Api.ROLLOUT);
  }

  /**
   * What would stop a rollout of this spec; changes nothing.
   *
   * @param within how long ago a device may have been heard of; by default a day
   */
  public PreflightView preflight(RolloutSpec spec, Optional<Duration> within) {
    String query = within.map(d -> "?within=" + Durations.format(d)).orElse("");
    return calls.post(ROLLOUTS + "/preflight" + query, Wire.ROLLOUT_SPEC, spec, Api.PREFLIGHT);
  }

  /** What a rehearsal of a rollout of this spec has to know; changes nothing. */
  public RehearsalView rehearsal(RolloutSpec spec) {
    return calls.post(ROLLOUTS + "/rehearsal", Wire.ROLLOUT_SPEC, spec, Api.REHEARSAL);
  }

  /** The devices that such a rollout would take, by id, those after this one. */
  public RecordedDeviceView.Page recordedDevices(RolloutSpec spec, Optional<DeviceId> after) {
    String query = after.map(id -> "?after=" + encoded(id.value())).orElse("");
    return calls.post(
        ROLLOUTS + "/rehearsal/devices" + query, Wire.ROLLOUT_SPEC, spec, Api.RECORDED_DEVICES);
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

  /** Gives devices that went back alone a fresh trial at once. */
  public RolloutView retry(String id) {
    return act(id, "retry");
  }

  public RolloutView abort(String id, String reason) {
    return calls.post(
        rolloutPath(id) + "/abort", Api.ABORT_REQUEST, new AbortRequest(reason), Api.ROLLOUT);
  }

  /** Says yes to the stage that waits, as whoever the token belongs to. */
  public RolloutView approve(String id, String comment) {
    return calls.post(
        rolloutPath(id) + "/approve",
        Api.APPROVE_REQUEST,
        new ApproveRequest(comment),
        Api.ROLLOUT);
  }

  /** Says no to the stage that waits, which aborts the rollout. */
  public RolloutView reject(String id, String reason) {
    return calls.post(
        rolloutPath(id) + "/reject", Api.ABORT_REQUEST, new AbortRequest(reason), Api.ROLLOUT);
  }

  /** Takes back what a rollout that is over has come to; again, and all is as it was before. */
  public RolloutView undo(String id, String reason) {
    return calls.post(
        rolloutPath(id) + "/undo", Api.ABORT_REQUEST, new AbortRequest(reason), Api.ROLLOUT);
  }

  /** By name, without tokens. */
  public List<OperatorView> operators() {
    return all(Api.OPERATORS, after -> OPERATORS + "?after=" + after);
  }

  /** Lets another operator in; the answer holds the token, this once. */
  public OperatorView addOperator(Name name) {
    return addOperator(name, OperatorRole.OPERATOR);
  }

  /** Lets somebody in for what their role opens. */
  public OperatorView addOperator(Name name, OperatorRole role) {
    return calls.post(
        OPERATORS, Api.OPERATOR_REQUEST, new OperatorRequest(name, role), Api.OPERATOR);
  }

  public OperatorView revokeOperator(Name name) {
    return calls.delete(OPERATORS + "/" + name, Api.OPERATOR);
  }

  /** The labels that hold for each device, as a sheet (CSV, UTF-8). */
  public byte[] labels() {
    return calls.bytes("/api/v1/labels");
  }

  /**
   * Takes a sheet of labels, all of it or nothing.
   *
   * @param dryRun changes nothing, and says what would change
   */
  public LabelsImported importLabels(byte[] sheet, boolean dryRun) {
    String query = dryRun ? "?dryRun=true" : "";
    return calls.postCsv("/api/v1/labels" + query, sheet, Api.LABELS_IMPORTED);
  }

  /** The sites that operators have said something of. */
  public List<SiteView> sites() {
    return all(Api.SITES, after -> "/api/v1/sites?after=" + after);
  }

  public SiteView setSite(SiteRequest site) {
    return calls.post("/api/v1/sites", Api.SITE_REQUEST, site, Api.SITE);
  }

  /** Pins, holds and freezes that are not over. */
  public List<RestraintView> restraints() {
    return all(Api.RESTRAINTS, after -> RESTRAINTS + "?after=" + after);
  }

  public RestraintView restrain(Restraint restraint) {
    return calls.post(RESTRAINTS, Api.RESTRAINT, restraint, Api.RESTRAINT_VIEW);
  }

  /** Asks for leave to change devices, or renews it. */
  public PermitView acquire(PermitRequest request) {
    return calls.post(PERMITS + "acquire", Api.PERMIT_REQUEST, request, Api.PERMIT);
  }

  /** Lets go of what was granted. */
  public PermitView letGo(PermitRequest request) {
    return calls.post(PERMITS + "release", Api.PERMIT_REQUEST, request, Api.PERMIT);
  }

  /** How one stands. */
  public PermitView permit(PermitRequest request) {
    return calls.post(PERMITS + "status", Api.PERMIT_REQUEST, request, Api.PERMIT);
  }

  /** Takes a pin, hold or freeze away. */
  public RestraintView release(long id) {
    return calls.delete(RESTRAINTS + "/" + id, Api.RESTRAINT_VIEW);
  }

  /** Takes devices back by hand, one by one, or pins them to a release. */
  public PlacementView place(PlacementRequest request) {
    return calls.post(PLACEMENTS, Api.PLACEMENT_REQUEST, request, Api.PLACEMENT);
  }

  /** What {@link #place} would do; changes nothing. */
  public PlacementView tryPlacing(PlacementRequest request) {
    return calls.post(PLACEMENTS + "?dryRun=true", Api.PLACEMENT_REQUEST, request, Api.PLACEMENT);
  }

  /** The newest first. */
  public List<PlacementView> placements() {
    return all(Api.PLACEMENTS, after -> PLACEMENTS + "?after=" + after);
  }

  public PlacementView placement(long id) {
    return calls.get(PLACEMENTS + "/" + id, Api.PLACEMENT);
  }

  /** Lets its devices go where their channels are. */
  public PlacementView undoPlacing(long id, String reason) {
    return calls.post(
        PLACEMENTS + "/" + id + "/undo",
        Api.ABORT_REQUEST,
        new AbortRequest(reason),
        Api.PLACEMENT);
  }

  /** Every notable decision of a rollout, oldest first. */
  public List<DecisionView> decisions(String rollout) {
    String query = "/api/v1/decisions?rollout=" + encoded(rollout) + "&after=";
    return all(Api.DECISIONS, after -> query + after);
  }

  /** The records after this number, oldest first. */
  public List<AuditView> audit(long after) {
    return all(Api.AUDITS, next -> "/api/v1/audit?after=" + Math.max(next, after));
  }

  @Override
  public void close() {
    calls.close();
  }

  private RolloutView act(String id, String action) {
    return calls.post(rolloutPath(id) + "/" + action, Api.ROLLOUT);
  }

  private <T> List<T> all(Codec<Page<T>> codec, LongFunction<String> path) {
    List<T> items = new ArrayList<>();
    OptionalLong next = OptionalLong.of(0);
    for (int page = 0; next.isPresent() && page < PAGES_MAX; page++) {
      Page<T> got = calls.get(path.apply(next.getAsLong()), codec);
      items.addAll(got.items());
      next = got.next();
    }
    return items;
  }

  private static String rolloutPath(String id) {
    return ROLLOUTS + "/" + encoded(id);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

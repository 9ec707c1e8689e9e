package dev.hatchery.wire.api;

import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Restraint;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.util.OptionalLong;

/** Every message of the operator API, by name. */
public final class Api {
  public static final Codec<DirectorView> DIRECTOR = FleetForm.DIRECTOR;
  public static final Codec<TrustView> TRUST = FleetForm.TRUST;
  public static final Codec<DeviceView> DEVICE = FleetForm.DEVICE;
  public static final Codec<Page<DeviceView>> DEVICES = page(DEVICE);
  public static final Codec<EnrolmentTokenRequest> ENROLMENT_TOKEN_REQUEST = FleetForm.REQUEST;
  public static final Codec<EnrolmentTokenView> ENROLMENT_TOKEN = FleetForm.TOKEN;
  public static final Codec<ReleaseRequest> RELEASE_REQUEST = ReleaseForm.REQUEST;
  public static final Codec<ReleaseView> RELEASE = ReleaseForm.RELEASE;
  public static final Codec<Page<ReleaseView>> RELEASES = page(RELEASE);
  public static final Codec<ChannelView> CHANNEL = ReleaseForm.CHANNEL;
  public static final Codec<Page<ChannelView>> CHANNELS = page(CHANNEL);
  public static final Codec<RollbackRequest> ROLLBACK_REQUEST = ReleaseForm.ROLLBACK_REQUEST;
  public static final Codec<RollbackView> ROLLBACK = ReleaseForm.ROLLBACK;
  public static final Codec<FleetFit> FIT = FitForm.FIT;
  public static final Codec<PreflightView> PREFLIGHT = PreflightForm.PREFLIGHT;
  public static final Codec<RehearsalView> REHEARSAL = RehearsalForm.REHEARSAL;
  public static final Codec<RecordedDeviceView.Page> RECORDED_DEVICES = RehearsalForm.DEVICES;
  public static final Codec<AbortRequest> ABORT_REQUEST = RolloutForm.ABORT_REQUEST;
  public static final Codec<ApproveRequest> APPROVE_REQUEST = RolloutForm.APPROVE_REQUEST;
  public static final Codec<VerdictView> VERDICT = RolloutForm.VERDICT;
  public static final Codec<RolloutView> ROLLOUT = RolloutForm.ROLLOUT;
  public static final Codec<Page<RolloutView>> ROLLOUTS = page(ROLLOUT);
  public static final Codec<DecisionView> DECISION = RolloutForm.DECISION;
  public static final Codec<Page<DecisionView>> DECISIONS = page(DECISION);
  public static final Codec<RolloutExplanation> ROLLOUT_EXPLANATION = RolloutForm.EXPLANATION;
  public static final Codec<Explanation> EXPLANATION = BytesForm.EXPLANATION;
  public static final Codec<BytesRow> BYTES_ROW = BytesForm.ROW;
  public static final Codec<Page<BytesRow>> BYTES = page(BYTES_ROW);
  public static final Codec<OperatorRequest> OPERATOR_REQUEST = OperatorForm.REQUEST;
  public static final Codec<OperatorView> OPERATOR = OperatorForm.OPERATOR;
  public static final Codec<Page<OperatorView>> OPERATORS = page(OPERATOR);
  public static final Codec<Restraint> RESTRAINT = RestraintForm.RESTRAINT;
  public static final Codec<RestraintView> RESTRAINT_VIEW = RestraintForm.VIEW;
  public static final Codec<Page<RestraintView>> RESTRAINTS = page(RESTRAINT_VIEW);
  public static final Codec<PlacementRequest> PLACEMENT_REQUEST = PlacementForm.REQUEST;
  public static final Codec<PlacementView> PLACEMENT = PlacementForm.VIEW;
  public static final Codec<Page<PlacementView>> PLACEMENTS = page(PLACEMENT);
  public static final Codec<LabelsImported> LABELS_IMPORTED = LabelForm.IMPORTED;
  public static final Codec<SiteRequest> SITE_REQUEST = LabelForm.SITE_REQUEST;
  public static final Codec<SiteView> SITE = LabelForm.SITE;
  public static final Codec<Page<SiteView>> SITES = page(SITE);
  public static final Codec<PermitRequest> PERMIT_REQUEST = PermitForm.REQUEST;
  public static final Codec<PermitView> PERMIT = PermitForm.VIEW;
  public static final Codec<AuditView> AUDIT = FleetForm.AUDIT;
  public static final Codec<Page<AuditView>> AUDITS = page(AUDIT);

  private Api() {}

  private static <T> Codec<Page<T>> page(Codec<T> item) {
    return Codec.open(
        page -> {
          Tree tree = Tree.object().list("items", page.items(), true, item::write);
          page.next().ifPresent(next -> tree.put("next", next));
          return tree.done();
        },
        f ->
            new Page<>(
                f.list("items", item::read),
                f.maybe("next", Fields::integer)
                    .map(OptionalLong::of)
                    .orElse(OptionalLong.empty())));
  }
}

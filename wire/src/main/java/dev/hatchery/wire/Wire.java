package dev.hatchery.wire;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.Labels;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Report;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Spread;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.Trust;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.Duration;
import java.util.Map;

/** Every document and message, by name. */
public final class Wire {
  public static final Codec<Envelope> ENVELOPE = EnvelopeForm.CODEC;
  public static final Codec<Trust> TRUST = TrustForm.TRUST;
  public static final Codec<Policy> POLICY = TrustForm.POLICY;
  public static final Codec<Manifest> MANIFEST = ManifestForm.CODEC;
  public static final Codec<DeviceFacts> FACTS = FactsForm.CODEC;
  public static final Codec<DesiredState> DESIRED = DesiredForm.DESIRED;
  public static final Codec<Order> ORDER = DesiredForm.ORDER;
  public static final Codec<Heartbeat> HEARTBEAT = DesiredForm.HEARTBEAT;
  public static final Codec<Report> REPORT = ReportForm.CODEC;
  public static final Codec<RolloutSpec> ROLLOUT_SPEC = RolloutSpecForm.CODEC;
  public static final Codec<EnrolmentFile> ENROLMENT_FILE = EnrolmentForm.FILE;
  public static final Codec<EnrolRequest> ENROL_REQUEST = EnrolmentForm.REQUEST;
  public static final Codec<EnrolAnswer> ENROL_ANSWER = EnrolmentForm.ANSWER;
  public static final Codec<TokenAnswer> TOKEN_ANSWER = EnrolmentForm.TOKEN;
  public static final Codec<SlotStatus> SLOT_STATUS = ReportForm.STATUS;
  public static final Codec<ReportBatch> REPORT_BATCH = ReportForm.BATCH;
  public static final Codec<ReportAnswer> REPORT_ANSWER = ReportForm.ANSWER;
  public static final Codec<DeltaOffers> DELTA_OFFERS = TransferForm.OFFERS;
  public static final Codec<LeaseRequest> LEASE_REQUEST = TransferForm.LEASE_REQUEST;
  public static final Codec<LeaseAnswer> LEASE_ANSWER = TransferForm.LEASE_ANSWER;
  public static final Codec<LeaseUse> LEASE_USE = TransferForm.LEASE_USE;
  public static final Codec<ChunkList> CHUNK_LIST = ChunkForm.CODEC;

  /** limits.yaml, and the operator API's. */
  public static final Codec<Limits> LIMITS = LimitsForm.CODEC;

  /** Part of an order and of rollout.yaml. */
  public static final Codec<Delivery> DELIVERY = DeliveryForm.DELIVERY;

  public static final Codec<Traffic> TRAFFIC = DeliveryForm.TRAFFIC;
  public static final Codec<WireCount> WIRE_COUNT = DeliveryForm.WIRE_COUNT;
  public static final Codec<Golden> GOLDEN = GoldenForm.CODEC;

  /** Part of a desired state and of rollout.yaml. */
  public static final Codec<Order.Trial> TRIAL = DesiredForm.TRIAL;

  /** RFC 9457 problem documents. */
  public static final Codec<Refusal.Problem> PROBLEM = ProblemForm.CODEC;

  /** As it stands in a manifest, and in bundle.yaml where people write it. */
  public static final Codec<Compatibility> COMPATIBILITY = ManifestForm.COMPATIBILITY;

  public static final Codec<LatencyHistogram> LATENCY = ReportForm.LATENCY;
  public static final Codec<Map<Name, Bins>> BINS = ReportForm.BINS;
  public static final Codec<Map<Metric, Spread>> SPREADS = ReportForm.SPREADS;

  public static final Codec<Labels> LABELS =
      new Codec<>(
          labels -> Tree.map(labels.values(), Tree::text),
          node -> new Labels(Fields.map(node, key -> key, Fields::text)));

  private Wire() {}

  /** A duration as people write it: {@code 90s}. */
  public static Node duration(Duration duration) {
    return Tree.text(Durations.format(duration));
  }

  public static Duration duration(Node node) {
    return Fields.parsing(Durations::parse).apply(node);
  }
}

package dev.hatchery.examples.inspection;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.examples.inspection.network.Network;

/**
 * A release of the inspection model before it is packed.
 *
 * @param network the weights, to train on from
 * @param onnx the model file
 */
public record TrainedRelease(ReleaseId id, Network network, Bytes onnx) {}

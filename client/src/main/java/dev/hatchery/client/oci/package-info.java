/**
 * The OCI side of Hatchery's clients: bundles go to a registry and come back from it.
 *
 * <p>{@link dev.hatchery.client.oci.OciClient} speaks the OCI distribution API (distribution-spec
 * 1.1) to Hatchery's own registry or to any other; {@link dev.hatchery.client.oci.BundlePush} and
 * {@link dev.hatchery.client.oci.BundlePull} move a whole bundle; {@link
 * dev.hatchery.client.oci.BundleArtifact} says how a bundle looks as an OCI artifact. The document
 * types (image-spec 1.1) are here too, because the registry reads the same ones. Nothing here
 * believes a byte: digests are checked on arrival, and who signed what is {@code bundle}'s
 * question.
 */
@NullMarked
package dev.hatchery.client.oci;

import org.jspecify.annotations.NullMarked;

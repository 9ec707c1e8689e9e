/**
 * A bundle as a folder: packed from a spec, signed, checked against its manifest.
 *
 * <p>{@link dev.hatchery.bundle.Packer} makes the folder from a {@link
 * dev.hatchery.bundle.BundleSpec} in CI; {@link dev.hatchery.bundle.Bundle} names what lies where
 * in it and adds signatures; {@link dev.hatchery.bundle.Verifier} says whether all of it may be
 * trusted. A device stores files in its own layout and asks the two halves of that question itself:
 * {@link dev.hatchery.bundle.sign.ReleaseSignatures} (who signed the manifest) and {@link
 * dev.hatchery.bundle.FileSet} (are these exactly the manifest's files).
 */
@NullMarked
package dev.hatchery.bundle;

import org.jspecify.annotations.NullMarked;

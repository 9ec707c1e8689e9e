/**
 * Who said this, and is it really what they said? Keys, signatures and the documents that stand on
 * them.
 *
 * <p>{@link dev.hatchery.bundle.sign.SigningKey} signs, {@link dev.hatchery.bundle.sign.PublicKeys}
 * checks; {@link dev.hatchery.bundle.sign.Dsse} envelopes carry Hatchery's own documents, {@link
 * dev.hatchery.bundle.sign.SigstoreBundle} is the release signature in the form cosign reads and
 * writes. {@link dev.hatchery.bundle.sign.TrustChain} says whom to believe and how that may change,
 * {@link dev.hatchery.bundle.sign.Policies} which releases are forbidden whoever signed them,
 * {@link dev.hatchery.bundle.sign.Assertion} how a device proves who it is. A device carries this
 * package: it needs the JDK, {@code core} and {@code wire}, and knows nothing of folders.
 */
@NullMarked
package dev.hatchery.bundle.sign;

import org.jspecify.annotations.NullMarked;

package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.TrustedKey;

/**
 * How messages are signed and checked: the port through which a simulator, that has to carry
 * millions of messages, brings signatures that cost less. Whatever stands behind it must refuse
 * what {@link #REAL} would: another message, another key, other bytes.
 */
public interface Signatures {
  /** ECDSA and Ed25519; the only ones that server and device are ever started with. */
  Signatures REAL =
      new Signatures() {
        @Override
        public Bytes sign(SigningKey key, byte[] message) {
          return key.sign(message);
        }

        @Override
        public boolean verify(TrustedKey key, byte[] message, Bytes signature) {
          return PublicKeys.verify(key, message, signature);
        }
      };

  Bytes sign(SigningKey key, byte[] message);

  /** See {@link PublicKeys#verify}. */
  boolean verify(TrustedKey key, byte[] message, Bytes signature);
}

package dev.hatchery.client.oci;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.util.regex.Pattern;

/** What names a manifest in a repository: a tag, or its digest. */
public sealed interface Reference {

  /** A tag; distribution-spec 1.1, Pulling manifests. */
  record Tag(String value) implements Reference {
    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    public Tag {
      if (!FORM.matcher(value).matches()) {
        throw Refusal.of(Code.BAD_INPUT, "this is not a tag")
            .expected("1 to 128 characters of a-z A-Z 0-9 . _ -, not beginning with . or -")
            .got(value);
      }
    }

    @Override
    public String toString() {
      return value;
    }
  }

  /** The digest of the manifest's bytes. */
  record ByDigest(Digest digest) implements Reference {
    @Override
    public String toString() {
      return digest.toString();
    }
  }

  /** A colon makes it a digest: no tag has one. */
  static Reference parse(String text) {
    return text.indexOf(':') >= 0 ? new ByDigest(Digest.parse(text)) : new Tag(text);
  }

  static Reference tag(Object value) {
    return new Tag(value.toString());
  }

  static Reference of(Digest digest) {
    return new ByDigest(digest);
  }
}

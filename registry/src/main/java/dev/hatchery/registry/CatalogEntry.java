package dev.hatchery.registry;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.OciDocument;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest of a repository, as the catalog keeps it in memory. Annotations are kept only where
 * the referrers API must tell them.
 */
public record CatalogEntry(Descriptor descriptor, Optional<Digest> subject) {
  // With at most 128 referrers a subject's list stays far below the 4 MiB that clients take, so the
  // list needs no pages; and a catalog of 20,000 entries has a bound in memory.
  private static final int MAX_ANNOTATIONS = 8 * 1024;
  private static final int MAX_ARTIFACT_TYPE = 255;

  public CatalogEntry {
    if (subject.isEmpty()) descriptor = descriptor.with(Map.of());
    int length = 0;
    for (Map.Entry<String, String> e : descriptor.annotations().entrySet()) {
      length += e.getKey().length() + e.getValue().length();
    }
    if (length > MAX_ANNOTATIONS
        || descriptor.artifactType().orElse("").length() > MAX_ARTIFACT_TYPE) {
      throw Refusal.of(Code.BAD_INPUT, "a manifest's annotations or artifact type are too long")
          .expected(
              "with a subject at most "
                  + MAX_ANNOTATIONS
                  + " characters of annotations, and "
                  + MAX_ARTIFACT_TYPE
                  + " of artifact type");
    }
  }

  public static CatalogEntry of(OciDocument document, byte[] bytes) {
    return new CatalogEntry(document.describe(bytes), document.subject().map(Descriptor::digest));
  }

  public Digest digest() {
    return descriptor.digest();
  }
}

package dev.hatchery.client.oci;

import dev.hatchery.client.oci.Exchange.Answer;
import dev.hatchery.client.oci.Exchange.Ask;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists that come in pages, each naming the next in a Link header (RFC 8288). */
final class Listings {
  private static final int MAX_PAGES = 1000;
  private static final int MAX_ITEMS = 100_000;
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?next\"?");

  private final Exchange exchange;

  Listings(Exchange exchange) {
    this.exchange = exchange;
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  List<String> tags(URI first, Name repo) {
    String what = "the tags of " + repo;
    List<String> tags = new ArrayList<>();
    Optional<URI> next = Optional.of(first);
    for (int page = 0; next.isPresent(); page++) {
      Answer answer = page(next.get(), page, tags.size(), what);
      if (answer.status() != 200) throw RegistryFailure.of(answer, what);
      tags.addAll(
          Fields.readOpen(
              Json.parse(answer.body(), OciDocument.MAX_SIZE, what),
              f -> f.list("tags", Fields::text)));
      next = next(answer, what);
    }
    return List.copyOf(tags);
  }

  /** Empty when the registry has no referrers API; the spec lets no other answer be 404. */
  Optional<List<Descriptor>> referrers(URI first, Digest subject) {
    String what = "the referrers of " + subject;
    List<Descriptor> found = new ArrayList<>();
    Optional<URI> next = Optional.of(first);
    for (int page = 0; next.isPresent(); page++) {
      Answer answer = page(next.get(), page, found.size(), what);
      if (answer.status() == 404 && page == 0) return Optional.empty();
      if (answer.status() != 200) throw RegistryFailure.of(answer, what);
      if (OciDocument.parse(answer.body().toArray(), Optional.of(Media.IMAGE_INDEX), what)
          instanceof ImageIndex index) {
        found.addAll(index.manifests());
      }
      next = next(answer, what);
    }
    return Optional.of(List.copyOf(found));
  }

  private Answer page(URI uri, int page, int items, String what) {
    if (page >= MAX_PAGES || items > MAX_ITEMS) {
      throw Refusal.of(Code.TOO_LARGE, "the registry's list does not end")
          .at(what)
          .expected("at most " + MAX_PAGES + " pages and " + MAX_ITEMS + " entries");
    }
    return exchange.send(Ask.of("GET", uri, what));
  }

  private static Optional<URI> next(Answer answer, String what) {
    Matcher link = NEXT.matcher(answer.header("Link").orElse(""));
    if (!link.find()) return Optional.empty();
    try {
      URI next = answer.uri().resolve(link.group(1));
      if (next.getScheme().equals(answer.uri().getScheme())
          && next.getAuthority().equals(answer.uri().getAuthority())) return Optional.of(next);
    } catch (IllegalArgumentException e) {
      // Falls through: an address that is none is refused like a foreign one.
    }
    throw Refusal.of(Code.UNREACHABLE, "the registry's next page is elsewhere")
        .at(what)
        .got(link.group(1));
  }
}

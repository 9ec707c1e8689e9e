package dev.hatchery.client.oci;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.util.List;
import java.util.Map;

/** A registry's error answer as a refusal (distribution-spec 1.1, Error codes). */
final class RegistryFailure {
  private static final Map<Code, String> FIXES =
      Map.of(
          Code.UNAUTHENTICATED, "give a token that the registry knows",
          Code.FORBIDDEN, "ask for the right to this repository",
          Code.IMMUTABLE, "a released version never changes: release under a new version",
          Code.RATE_LIMITED, "try again later");

  private RegistryFailure() {}

  private record Said(String code, String message) {}

  /** The refusal of an answer that is not the one hoped for. */
  static Refusal of(Exchange.Answer answer, String what) {
    Said said = said(answer.body());
    String got =
        (answer.status() + " " + said.code + " " + said.message).strip().replaceAll(" +", " ");
    Refusal refusal =
        Refusal.of(code(answer.status(), said.code), "the registry refused " + what)
            .at(answer.uri().toString())
            .got(got);
    return refusal.fix(FIXES.getOrDefault(refusal.code(), ""));
  }

  private static Code code(int status, String said) {
    return switch (status) {
      case 401 -> Code.UNAUTHENTICATED;
      case 403 -> Code.FORBIDDEN;
      case 404 -> Code.NOT_FOUND;
      // Hatchery's registry says DENIED with 409 when a release's tag would move; others say 409 or
      // 412 with words of their own.
      case 409, 412 -> Code.IMMUTABLE;
      case 413 -> Code.TOO_LARGE;
      case 429 -> Code.RATE_LIMITED;
      case 507 -> Code.NO_SPACE;
      default -> status >= 500 ? Code.UNREACHABLE : clientError(said);
    };
  }

  private static Code clientError(String said) {
    return switch (said) {
      case "DIGEST_INVALID" -> Code.HASH;
      case "SIZE_INVALID" -> Code.SIZE;
      case "MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN" -> Code.NOT_FOUND;
      default -> Code.BAD_INPUT;
    };
  }

  // The spec lets an error have any body; only one in its own form says more than the status.
  private static Said said(Bytes body) {
    try {
      Node root = Json.parse(body, OciDocument.MAX_SIZE, "the registry's answer");
      List<Said> all =
          Fields.readOpen(
              root,
              f ->
                  f.list(
                      "errors",
                      e ->
                          Fields.readOpen(
                              e, x -> new Said(x.text("code", ""), x.text("message", "")))));
      return all.isEmpty() ? new Said("", "") : all.getFirst();
    } catch (Refusal e) {
      return new Said("", "");
    }
  }
}

package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.util.Comparator;
import java.util.List;

/**
 * The answer to a {@link DeltaQuery}.
 *
 * @param size bytes of the target
 * @param offers smallest first; each is smaller than the target
 * @param pending whether more are being made, so that asking again may pay
 */
public record DeltaOffers(Digest target, long size, List<DeltaOffer> offers, boolean pending) {
  /** One for each file that a device may name, and one for none. */
  public static final int MAX_OFFERS = DeltaQuery.MAX_HAVE + 1;

  public DeltaOffers {
    offers = offers.stream().sorted(Comparator.comparingLong(DeltaOffer::size)).toList();
    if (offers.size() > MAX_OFFERS) {
      throw Refusal.of(Code.TOO_LARGE, "too many patches are offered")
          .expected("at most " + MAX_OFFERS)
          .got(offers.size());
    }
    if (size < 0 || (!offers.isEmpty() && offers.getLast().size() >= size)) {
      throw Refusal.of(Code.SIZE, "a patch is no smaller than what it makes")
          .expected("less than " + size)
          .got(offers.isEmpty() ? "" : offers.getLast().size());
    }
  }
}

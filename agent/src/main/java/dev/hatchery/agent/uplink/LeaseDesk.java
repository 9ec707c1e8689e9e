package dev.hatchery.agent.uplink;

import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseRequest;
import dev.hatchery.wire.LeaseUse;
import java.util.Optional;

/** Where leases are had. */
public interface LeaseDesk {
  /**
   * Asks for a lease.
   *
   * @return empty when this server knows no leases
   * @throws dev.hatchery.core.Refusal UNREACHABLE, LIMIT, BUDGET, …
   */
  Optional<LeaseAnswer> ask(LeaseRequest request) throws InterruptedException;

  /**
   * Renews one, or gives it back.
   *
   * @return empty when it was given back
   * @throws dev.hatchery.core.Refusal NO_LEASE when it has ended
   */
  Optional<LeaseAnswer> renew(String lease, LeaseUse use) throws InterruptedException;
}

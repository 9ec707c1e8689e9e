package dev.hatchery.agent.slot;

import dev.hatchery.agent.journal.Entry;
import dev.hatchery.agent.journal.Journal;
import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Traffic;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A slot's part of the journal.
 *
 * @param written is told of every entry once it is durable
 */
public record SlotLog(Journal journal, Name slot, Supplier<Instant> now, Consumer<Entry> written) {
  public Ledger ledger() {
    return journal.ledger(slot);
  }

  /** About the order at hand. */
  void write(Step step) {
    Ledger ledger = ledger();
    write(ledger.commandId(), ledger.bundle(), ledger.traffic(), step);
  }

  void write(String command, Optional<Digest> bundle, Traffic traffic, Step step) {
    written.accept(journal.append(now.get(), slot, command, bundle, traffic, step));
  }
}

package dev.hatchery.lab.fleet;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.server.db.Db;
import java.util.Map;

/** Defects that a test plants, to see whether the observer notices them. */
interface Tampering {
  Tampering NONE = new Tampering() {};

  /** What becomes of a server's database. */
  default Db database(Db real) {
    return real;
  }

  /** What a device says of its slots. */
  default Map<Name, SlotStatus> told(DeviceId device, Map<Name, SlotStatus> real) {
    return real;
  }
}

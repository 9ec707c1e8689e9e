-- What operators have put in the way of rollouts, as they gave it; until is empty for a pin.
CREATE TABLE restraint (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  body TEXT NOT NULL,
  until INTEGER,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

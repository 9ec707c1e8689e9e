-- Patches that are offered to devices, or will be. base is empty for the empty base, whose patch is a compressed whole
-- file. wanted is how many devices it would serve, as last counted. A READY one has patch, size and millis; a REFUSED one
-- a reason, and lasting says whether trying again could help.
CREATE TABLE delta (
  repository TEXT NOT NULL,
  target TEXT NOT NULL,
  base TEXT NOT NULL,
  target_size INTEGER NOT NULL,
  wanted INTEGER NOT NULL,
  wanted_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'READY', 'REFUSED')),
  patch TEXT,
  size INTEGER,
  millis INTEGER,
  reason TEXT,
  lasting INTEGER,
  PRIMARY KEY (repository, target, base)
) STRICT, WITHOUT ROWID;

-- What has changed on devices, whoever changed it, by the server's clock. The pipeline says on which
-- side of the interlock it lies; was and became are empty for "not known".
CREATE TABLE change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  device TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  part TEXT NOT NULL,
  was TEXT NOT NULL,
  became TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX change_device ON change (device, part, id);
CREATE INDEX change_at ON change (at);

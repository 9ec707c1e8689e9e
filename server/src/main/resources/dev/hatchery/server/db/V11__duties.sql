-- In which quarters of an hour of the last fourteen days a device was heard of: 184 bytes, saved with its status.
ALTER TABLE device_status ADD COLUMN heard BLOB;
-- In which of them the server took reports throughout; the others are nobody's silence.
CREATE TABLE listening (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  heard BLOB NOT NULL
) STRICT;

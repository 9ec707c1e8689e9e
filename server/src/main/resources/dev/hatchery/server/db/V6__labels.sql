-- What operators say of a device, beside what it says of itself (labels); relabelled_at is 0 where they never did.
ALTER TABLE device ADD COLUMN given_labels TEXT NOT NULL DEFAULT '{}';
ALTER TABLE device ADD COLUMN relabelled_at INTEGER NOT NULL DEFAULT 0;

-- The zone of a site's devices; empty where it was taken away again.
CREATE TABLE site (
  name TEXT PRIMARY KEY,
  zone TEXT,
  at INTEGER NOT NULL
) STRICT;

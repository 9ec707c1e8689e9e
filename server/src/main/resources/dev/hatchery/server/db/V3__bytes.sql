-- Limits as operators gave them; the highest version is in force.
CREATE TABLE limits (
  version INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- Bytes that leases have used, by uplink and by the day in its zone: what budgets and caps look at. An uplink is a site's
-- name, or ~ and the id of a device without a site.
CREATE TABLE uplink_day (
  uplink TEXT NOT NULL,
  day TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (uplink, day)
) STRICT, WITHOUT ROWID;

-- What devices have reported, by billing month. site and sim are the labels at that time; empty without.
CREATE TABLE device_month (
  device TEXT NOT NULL REFERENCES device (id),
  month TEXT NOT NULL,
  site TEXT NOT NULL,
  sim TEXT NOT NULL,
  full_bytes INTEGER NOT NULL,
  delta_bytes INTEGER NOT NULL,
  peer_bytes INTEGER NOT NULL,
  resumed_bytes INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  received INTEGER NOT NULL,
  PRIMARY KEY (device, month, site, sim)
) STRICT, WITHOUT ROWID;

CREATE INDEX device_month_by_site ON device_month (month, site);

-- Up to where the reports' running totals are counted: an order's, and a boot's.
CREATE TABLE counted_order (
  device TEXT NOT NULL REFERENCES device (id),
  command TEXT NOT NULL,
  full_bytes INTEGER NOT NULL,
  delta_bytes INTEGER NOT NULL,
  peer_bytes INTEGER NOT NULL,
  resumed_bytes INTEGER NOT NULL,
  report INTEGER NOT NULL,
  PRIMARY KEY (device, command)
) STRICT, WITHOUT ROWID;

CREATE TABLE counted_boot (
  device TEXT PRIMARY KEY REFERENCES device (id),
  boot_id TEXT NOT NULL,
  sent INTEGER NOT NULL,
  received INTEGER NOT NULL
) STRICT;

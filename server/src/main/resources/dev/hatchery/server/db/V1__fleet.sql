-- Times are milliseconds since 1970 by the server's clock. Documents are the bytes that were signed.

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TABLE operator_token (
  name TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency (
  operator TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER NOT NULL,
  body BLOB NOT NULL,
  body_hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (operator, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE assertion (
  device TEXT NOT NULL,
  jti TEXT NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY (device, jti)
) STRICT, WITHOUT ROWID;

CREATE TABLE trust (
  version INTEGER PRIMARY KEY,
  envelope BLOB NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE policy (
  version INTEGER PRIMARY KEY,
  envelope BLOB NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE enrolment_token (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  max_uses INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE device (
  id TEXT PRIMARY KEY,
  algorithm TEXT NOT NULL,
  spki BLOB NOT NULL,
  labels TEXT NOT NULL,
  facts TEXT NOT NULL,
  slots TEXT NOT NULL,
  enrolment_token TEXT NOT NULL REFERENCES enrolment_token (id),
  enrolled_at INTEGER NOT NULL
) STRICT;

CREATE TABLE release (
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  manifest BLOB NOT NULL,
  signatures TEXT NOT NULL,
  signed_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (name, version)
) STRICT;

CREATE TABLE desired (
  device TEXT PRIMARY KEY REFERENCES device (id),
  keyset INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  issued_at INTEGER NOT NULL,
  envelope BLOB NOT NULL
) STRICT;

CREATE INDEX desired_by_age ON desired (issued_at);

-- A channel's heads as a stack: the highest depth is the head, the one below is what it goes back to. left_digest is what
-- a rollback to this head left.
CREATE TABLE channel_head (
  slot TEXT NOT NULL,
  channel TEXT NOT NULL,
  depth INTEGER NOT NULL,
  digest TEXT NOT NULL REFERENCES release (digest),
  terms TEXT NOT NULL,
  left_digest TEXT REFERENCES release (digest),
  at INTEGER NOT NULL,
  PRIMARY KEY (slot, channel, depth)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_status (
  device TEXT PRIMARY KEY REFERENCES device (id),
  last_seen INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  flagged_boot TEXT NOT NULL,
  counter INTEGER NOT NULL,
  slots TEXT NOT NULL
) STRICT;

-- AUTOINCREMENT: a number is never used twice, so a rollout's cursor stays right after pruning.
CREATE TABLE report (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  device TEXT NOT NULL REFERENCES device (id),
  seq INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  hash TEXT NOT NULL,
  payload BLOB NOT NULL,
  signature BLOB NOT NULL,
  UNIQUE (device, seq)
) STRICT;

CREATE INDEX report_by_age ON report (received_at);

CREATE TABLE baseline (
  device TEXT NOT NULL REFERENCES device (id),
  slot TEXT NOT NULL,
  bundle TEXT NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  latency TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (device, slot, bundle)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollout (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  slot TEXT NOT NULL,
  channel TEXT NOT NULL,
  phase TEXT NOT NULL,
  version INTEGER NOT NULL,
  plan TEXT NOT NULL,
  state TEXT NOT NULL,
  verdicts TEXT NOT NULL,
  inputs TEXT NOT NULL,
  decided_up_to INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX rollout_active ON rollout (slot, channel) WHERE phase IN ('RUNNING', 'PAUSED');

CREATE INDEX rollout_by_name ON rollout (name, created_at);

CREATE TABLE rollout_member (
  rollout TEXT NOT NULL REFERENCES rollout (id),
  n INTEGER NOT NULL,
  device TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (rollout, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  rollout TEXT NOT NULL REFERENCES rollout (id),
  at INTEGER NOT NULL,
  summary TEXT NOT NULL,
  verdicts TEXT NOT NULL,
  commands INTEGER NOT NULL,
  after_report INTEGER NOT NULL,
  up_to_report INTEGER NOT NULL,
  inputs TEXT NOT NULL
) STRICT;

CREATE INDEX decision_by_rollout ON decision (rollout, seq);

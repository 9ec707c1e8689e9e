-- What operators have put devices on by hand; the number is that of its pin.
CREATE TABLE placement (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  slot TEXT NOT NULL,
  device TEXT,
  selector TEXT,
  release TEXT,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  end_actor TEXT,
  end_at INTEGER,
  end_reason TEXT,
  over INTEGER NOT NULL
) STRICT;

CREATE TABLE placement_device (
  placement INTEGER NOT NULL REFERENCES placement (id),
  device TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  left_digest TEXT,
  digest TEXT NOT NULL,
  told INTEGER NOT NULL,
  confirmed INTEGER,
  settled INTEGER,
  PRIMARY KEY (placement, device)
) STRICT;

CREATE INDEX placement_open ON placement (over) WHERE over = 0;

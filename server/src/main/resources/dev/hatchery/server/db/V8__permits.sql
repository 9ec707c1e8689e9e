-- A hold that another updater asked for names who asked; a token may be for that alone.
ALTER TABLE restraint ADD COLUMN owner TEXT;
ALTER TABLE operator_token ADD COLUMN role TEXT NOT NULL DEFAULT 'operator';
CREATE INDEX rollout_member_device ON rollout_member (device);

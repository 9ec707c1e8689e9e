-- Asked for each second, to see what another server has planned or decided.
CREATE INDEX rollout_open ON rollout (id, version) WHERE phase NOT IN ('COMPLETED', 'ROLLED_BACK');

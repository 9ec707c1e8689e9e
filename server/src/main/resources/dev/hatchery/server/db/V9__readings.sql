-- What windows read beside requests and latency, summed up as a spread for each metric.
ALTER TABLE baseline ADD COLUMN readings TEXT NOT NULL DEFAULT '{}';
-- And how a service's answers fell into its bins.
ALTER TABLE baseline ADD COLUMN bins TEXT NOT NULL DEFAULT '{}';

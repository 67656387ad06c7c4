/**
 * Requests of http and grpc users. What there are thousands a second of is one block of columns per report of a thread
 * (`requests/block.ts`); `first_id` to `first_id + count − 1` are its rows, `from_at` and `to_at` the earliest and latest
 * intended start in whole microseconds. Figures of a run that its list shows are in the list's index.
 */
export const sql = `
ALTER TABLE runs ADD COLUMN requests_ok INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN requests_failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN request_p95 REAL;
ALTER TABLE runs ADD COLUMN request_success REAL;
ALTER TABLE runs ADD COLUMN requests_per_second REAL;
ALTER TABLE runs ADD COLUMN steps TEXT;
ALTER TABLE runs ADD COLUMN periods TEXT;
ALTER TABLE runs ADD COLUMN request_breakdowns TEXT;
DROP INDEX runs_listed;
CREATE INDEX runs_listed ON runs (started_at, stage, deleted_at, starred, noted, source,
  requests_ok, requests_failed, request_p95, request_success, requests_per_second);

ALTER TABLE samples ADD COLUMN requests_ok INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN requests_failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN iterations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN request_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN request_p50 REAL;
ALTER TABLE samples ADD COLUMN request_p95 REAL;
ALTER TABLE samples ADD COLUMN request_p99 REAL;
ALTER TABLE samples ADD COLUMN first_token_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN first_token_p50 REAL;
ALTER TABLE samples ADD COLUMN first_token_p95 REAL;
ALTER TABLE samples ADD COLUMN first_token_p99 REAL;

CREATE TABLE requests (
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  first_id INTEGER NOT NULL,
  count INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  data BLOB NOT NULL,
  UNIQUE (run, first_id)
) STRICT;

CREATE TABLE kept_requests (
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  why TEXT NOT NULL,
  step INTEGER NOT NULL,
  error TEXT NOT NULL,
  request REAL NOT NULL,
  data TEXT NOT NULL,
  UNIQUE (run, id)
) STRICT;
CREATE INDEX kept_requests_by_why ON kept_requests (run, why, request);
`;

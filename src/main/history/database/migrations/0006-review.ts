/**
 * What is said about a run once it is there (note, star, baseline, comparison, markers), what was sampled beside it, and
 * where it comes from. `stage`: `arriving` while it is imported, `going` while it is removed for good; only what is
 * `kept` is seen. `deleted_at` is epoch milliseconds. Values of series are rows of their own, their moments whole milliseconds.
 */
export const sql = `
ALTER TABLE runs ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN deleted_at INTEGER;
ALTER TABLE runs ADD COLUMN stage TEXT NOT NULL DEFAULT 'kept' CHECK (stage IN ('kept', 'arriving', 'going'));
ALTER TABLE runs ADD COLUMN source TEXT NOT NULL DEFAULT 'crosstalk';
ALTER TABLE runs ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN imported TEXT;
ALTER TABLE runs ADD COLUMN environment_yaml TEXT;
ALTER TABLE runs ADD COLUMN breakdowns TEXT;
CREATE INDEX runs_listed ON runs (started_at, stage, deleted_at, starred, noted, source);
CREATE INDEX runs_by_scenario ON runs (scenario, environment, started_at);
CREATE INDEX runs_to_go ON runs (stage) WHERE stage <> 'kept';
DROP INDEX runs_by_started_at;

CREATE TABLE baselines (
  scenario TEXT NOT NULL,
  environment TEXT NOT NULL,
  run INTEGER NOT NULL UNIQUE REFERENCES runs (key) ON DELETE CASCADE,
  PRIMARY KEY (scenario, environment)
) STRICT, WITHOUT ROWID;

CREATE TABLE comparisons (
  run INTEGER PRIMARY KEY REFERENCES runs (key) ON DELETE CASCADE,
  baseline TEXT NOT NULL,
  verdict TEXT NOT NULL,
  sentence TEXT NOT NULL
) STRICT;

CREATE TABLE markers (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  t REAL NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  problem TEXT,
  PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE series_points (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  t_ms INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY (run, id, t_ms)
) STRICT, WITHOUT ROWID;
`;

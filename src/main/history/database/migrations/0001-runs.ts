/**
 * Runs and everything recorded of them. What there are hundreds of thousands of is kept small: stamps and durations
 * of turns, calls and errors are whole microseconds, stamps other than the first count from the row's first, and
 * text that repeats (ids of calls, names, messages) stands once per run in `texts`.
 */
export const sql = `
CREATE TABLE runs (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scenario TEXT NOT NULL,
  environment TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'cut_off')),
  started_at INTEGER NOT NULL,
  planned_ms REAL NOT NULL,
  duration_ms REAL,
  seed INTEGER NOT NULL,
  clock_base_ns TEXT NOT NULL,
  clock_epoch_ms REAL NOT NULL,
  owner_host TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_started TEXT,
  heartbeat_at INTEGER NOT NULL,
  batches INTEGER NOT NULL DEFAULT 0,
  peak_calls INTEGER NOT NULL DEFAULT 0,
  turns_ok INTEGER NOT NULL DEFAULT 0,
  turns_failed INTEGER NOT NULL DEFAULT 0,
  errors INTEGER NOT NULL DEFAULT 0,
  ttfa_p50 REAL,
  ttfa_p95 REAL,
  barge_in_p95 REAL,
  turn_success REAL,
  verdict TEXT,
  trusted INTEGER,
  ended TEXT,
  tags TEXT NOT NULL,
  ttfa_trend TEXT,
  origin TEXT NOT NULL,
  applied TEXT NOT NULL,
  summary TEXT,
  scenario_yaml TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_started_at ON runs (started_at);
CREATE INDEX runs_by_state ON runs (state) WHERE state = 'running';

CREATE TABLE texts (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  n INTEGER NOT NULL,
  t REAL NOT NULL,
  at REAL NOT NULL,
  asked INTEGER NOT NULL,
  active INTEGER NOT NULL,
  connecting INTEGER NOT NULL,
  calls_attempted INTEGER NOT NULL,
  calls_connected INTEGER NOT NULL,
  calls_failed INTEGER NOT NULL,
  calls_dropped INTEGER NOT NULL,
  turns_ok INTEGER NOT NULL,
  turns_failed INTEGER NOT NULL,
  frames_sent INTEGER NOT NULL,
  frames_received INTEGER NOT NULL,
  bytes_sent REAL NOT NULL,
  bytes_received REAL NOT NULL,
  errors TEXT,
  ttfa_count INTEGER NOT NULL,
  ttfa_p50 REAL,
  ttfa_p95 REAL,
  ttfa_p99 REAL,
  barge_in_count INTEGER NOT NULL,
  barge_in_p50 REAL,
  barge_in_p95 REAL,
  barge_in_p99 REAL,
  connect_count INTEGER NOT NULL,
  connect_p50 REAL,
  connect_p95 REAL,
  connect_p99 REAL,
  lateness_p50 REAL,
  lateness_p99 REAL,
  lateness_max REAL,
  event_loop REAL NOT NULL,
  loop_delay REAL NOT NULL,
  cpu REAL NOT NULL,
  rss_mb REAL NOT NULL,
  gc_pause_ms REAL NOT NULL,
  buffered_bytes REAL NOT NULL,
  slipped INTEGER NOT NULL,
  run_queue REAL,
  PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE turns (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  call_id INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  vu INTEGER NOT NULL,
  user INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  clip INTEGER NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  onset_at INTEGER,
  end_of_speech_at INTEGER,
  first_message_at INTEGER,
  transcript_at INTEGER,
  first_audio_at INTEGER,
  first_audible_at INTEGER,
  last_audio_at INTEGER,
  response_end_at INTEGER,
  barge_in_at INTEGER,
  agent_silent_at INTEGER,
  stop_message_at INTEGER,
  ttfb INTEGER,
  ttfa INTEGER,
  ttfa_audible INTEGER,
  recognition INTEGER,
  processing INTEGER,
  response INTEGER,
  delivery INTEGER,
  turn_time INTEGER,
  barge_in INTEGER,
  leftover_audio INTEGER,
  talk_over INTEGER,
  underrun INTEGER,
  underruns INTEGER NOT NULL,
  late_audio_ms INTEGER NOT NULL,
  audio_received_ms INTEGER NOT NULL,
  barge_in_outcome TEXT,
  timed_out TEXT,
  ambiguous INTEGER NOT NULL,
  excluded TEXT,
  error INTEGER,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX turns_by_started_at ON turns (run, started_at);
CREATE INDEX turns_by_ttfa ON turns (run, ttfa);

CREATE TABLE calls (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  call_id INTEGER NOT NULL,
  vu INTEGER NOT NULL,
  user INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  connected_at INTEGER,
  ended_at INTEGER NOT NULL,
  connect INTEGER,
  dns INTEGER,
  tcp INTEGER,
  tls INTEGER,
  upgrade INTEGER,
  greeting INTEGER,
  greeting_missing INTEGER NOT NULL,
  turns INTEGER NOT NULL,
  frames_sent INTEGER NOT NULL,
  frames_received INTEGER NOT NULL,
  continuous_agent INTEGER NOT NULL,
  stop_idle INTEGER NOT NULL,
  cut_short INTEGER NOT NULL,
  slipped INTEGER NOT NULL,
  close_code INTEGER,
  error INTEGER,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE errors (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  message INTEGER NOT NULL,
  call_id INTEGER,
  turn INTEGER,
  vu INTEGER,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE histograms (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  name TEXT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;
`;

/** Turns by their place in the call, conversation or users entry: as the engine left them, else counted from the turns. */
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { BreakdownRow, breakdowns, type BreakdownBy } from '#contract/review';
import { turnTable } from '../tables.ts';
import type { ReviewedRun } from './run.ts';
import { percentileOf } from './spread.ts';

const Stored = z.partialRecord(z.enum(breakdowns), z.array(BreakdownRow));

export function readBreakdown(db: Database, run: ReviewedRun, by: BreakdownBy): BreakdownRow[] {
  return storedBreakdown(db, run, by) ?? countBreakdown(db, run, by);
}

function storedBreakdown(db: Database, run: ReviewedRun, by: BreakdownBy): BreakdownRow[] | null {
  const row = db
    .prepare<[number], { breakdowns: string | null }>('SELECT breakdowns FROM runs WHERE key = ?')
    .get(run.key);
  if (typeof row?.breakdowns !== 'string') return null;
  const stored = Stored.safeParse(JSON.parse(row.breakdowns));
  return stored.success ? (stored.data[by] ?? null) : null;
}

const latencies = ['ttfa', 'recognition', 'processing', 'turn_time', 'barge_in'] as const;
type Latency = (typeof latencies)[number];

interface Tally {
  turns: number;
  ok: number;
  failed: number;
  timedOut: number;
  bargeIns: number;
  /** Microseconds. */
  values: Record<Latency, number[]>;
}

type TurnRow = Record<Latency, number | null> & {
  place: string | number;
  status: string;
  interrupted: number;
  counts: number;
};

function countBreakdown(db: Database, run: ReviewedRun, by: BreakdownBy): BreakdownRow[] {
  const table = turnTable(run.turnForm);
  const rows = db
    .prepare<[number], TurnRow>(
      `SELECT r.${by} AS place, r.status, r.barge_in_outcome IS NOT NULL AS interrupted, r.excluded IS NULL AS counts,
         ${latencies.map((name) => `${table.sqlOf(name)} AS ${name}`).join(', ')}
       FROM turns r WHERE r.run = ?`,
    )
    .iterate(run.key);
  const nameOf = by === 'turn' ? String : namesOf(db, run);
  const tallies = new Map<string, Tally>();
  const known = new Map<string | number, Tally>();
  for (const row of rows) {
    let tally = known.get(row.place);
    if (tally === undefined) {
      const key = nameOf(row.place);
      tally = tallies.get(key) ?? emptyTally();
      tallies.set(key, tally);
      known.set(row.place, tally);
    }
    count(tally, row);
  }
  return [...tallies]
    .map(([key, tally]) => rowOf(key, tally))
    .sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }));
}

/** Read before the turns are: while they are iterated, each place is asked for once. */
function namesOf(db: Database, run: ReviewedRun): (id: string | number) => string {
  const rows = db
    .prepare<[number, number, number], { id: number; text: string }>(
      `SELECT id, text FROM texts WHERE run = ? AND id IN
         (SELECT conversation FROM turns WHERE run = ? UNION SELECT user FROM turns WHERE run = ?)`,
    )
    .all(run.key, run.key, run.key);
  const names = new Map(rows.map(({ id, text }) => [id, text]));
  return (id) => names.get(Number(id)) ?? String(id);
}

function emptyTally(): Tally {
  const values = { ttfa: [], recognition: [], processing: [], turn_time: [], barge_in: [] };
  return { turns: 0, ok: 0, failed: 0, timedOut: 0, bargeIns: 0, values };
}

function count(tally: Tally, row: TurnRow): void {
  tally.turns++;
  if (row.status === 'ok') tally.ok++;
  else if (row.status !== 'cut') tally.failed++;
  if (row.status === 'timeout') tally.timedOut++;
  if (row.interrupted === 1) tally.bargeIns++;
  if (row.counts !== 1) return;
  for (const name of latencies) {
    const value = row[name];
    if (value !== null) tally.values[name].push(value);
  }
}

function rowOf(key: string, { turns, ok, failed, timedOut, bargeIns, values }: Tally): BreakdownRow {
  const at = (name: Latency, percentile: number) => {
    const micros = percentileOf(Float64Array.from(values[name]).sort(), percentile);
    return micros === null ? null : micros / 1000;
  };
  const ended = ok + failed;
  return {
    key,
    turns,
    ok,
    failed,
    timedOut,
    success: ended === 0 ? null : ok / ended,
    ttfaP50: at('ttfa', 50),
    ttfaP95: at('ttfa', 95),
    recognitionP95: at('recognition', 95),
    processingP95: at('processing', 95),
    turnP95: at('turn_time', 95),
    bargeIns,
    bargeInP95: at('barge_in', 95),
  };
}

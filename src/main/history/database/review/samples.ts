/** A run's seconds, or a stretch of them; merged in the database when there are more than are wanted. */
import type { Database } from 'better-sqlite3';
import type { WorkerHealth } from '#contract/run';
import { snakeCase, type SqlRow } from '../columns.ts';
import {
  counts,
  decodeSample,
  decodeWorkers,
  health,
  percentiles,
  selectSamplesSql,
  windows,
} from '../samples.ts';
import type { ReviewedRun } from './run.ts';

export interface SampleQuery {
  atMost?: number | undefined;
  fromS?: number | undefined;
  toS?: number | undefined;
}

interface Second {
  n: number;
  t: number;
}

/** Consecutive seconds that become one sample, by the first and last of their numbers. */
export interface Stretch {
  from: number;
  to: number;
  seconds: number;
}

/** Samples in order of time, as the contract has them; whoever passes them on parses them. */
export function readSamples(db: Database, run: ReviewedRun, query: SampleQuery): Record<string, unknown>[] {
  const { atMost, fromS, toS } = query;
  if (atMost === undefined && fromS === undefined && toS === undefined)
    return db.prepare<[number], SqlRow>(selectSamplesSql).all(run.key).map(decodeSample);
  const seconds = db
    .prepare<[number, number, number], Second>(
      'SELECT n, t FROM samples WHERE run = ? AND t >= ? AND t <= ? ORDER BY n',
    )
    .all(run.key, fromS ?? Number.MIN_SAFE_INTEGER, toS ?? Number.MAX_SAFE_INTEGER);
  const stretches = stretchesOf(seconds, atMost ?? seconds.length);
  const merged = db.prepare<[number, number, number], SqlRow>(mergeSql);
  const last = db.prepare<[number, number], SqlRow>(lastSql);
  return stretches.flatMap((stretch) => {
    const row = merged.get(run.key, stretch.from, stretch.to);
    const end = last.get(run.key, stretch.to);
    return row === undefined || end === undefined ? [] : [mergedSample({ ...row, ...end }, stretch)];
  });
}

/**
 * At most so many stretches, as even in time as can be. They begin at multiples of their length, so that a second is
 * merged with the same others wherever the whole stretch begins.
 */
export function stretchesOf(seconds: readonly Second[], atMost: number): Stretch[] {
  const first = seconds[0];
  const last = seconds.at(-1);
  if (first === undefined || last === undefined) return [];
  if (seconds.length <= atMost) return seconds.map(({ n }) => ({ from: n, to: n, seconds: 1 }));
  let length = Math.max(1, Math.floor((last.t - first.t) / atMost));
  const place = (t: number) => Math.ceil(t / length);
  while (place(last.t) - place(first.t) + 1 > atMost) length++;
  const stretches: (Stretch & { place: number })[] = [];
  for (const { n, t } of seconds) {
    const open = stretches.at(-1);
    if (open !== undefined && open.place >= place(t)) {
      open.to = n;
      open.seconds++;
    } else stretches.push({ from: n, to: n, seconds: 1, place: place(t) });
  }
  return stretches;
}

/** What is of the last second, not a sum over all. */
const ofTheLast = ['asked', 'active', 'connecting'] as const;
const lastSql = `SELECT t, at, ${ofTheLast.join(', ')} FROM samples WHERE run = ? AND n = ?`;

const isOfTheLast = (name: string) => ofTheLast.some((last) => last === name);
const as = (how: string, column: string) => `${how}(${column}) AS ${column}`;
const mergeSql = `SELECT ${[
  ...counts.filter((name) => !isOfTheLast(name)).map((name) => as('sum', snakeCase(name))),
  ...windows.flatMap((window) => percentiles.map((p) => as('max', `${snakeCase(window)}_${p}`))),
  ...health.map((name) => as(worst(name), snakeCase(name))),
  `'[' || group_concat(errors, ',') || ']' AS error_lists`,
  `'[' || group_concat(workers, ',') || ']' AS worker_lists`,
].join(', ')} FROM samples WHERE run = ? AND n BETWEEN ? AND ?`;

function worst(name: (typeof health)[number]): 'sum' | 'min' | 'max' {
  return name === 'slipped' ? 'sum' : name === 'idleCores' ? 'min' : 'max';
}

function mergedSample(row: SqlRow, { seconds }: Stretch): Record<string, unknown> {
  const errors: Record<string, number> = {};
  for (const second of listOf(row.error_lists)) {
    if (typeof second !== 'object' || second === null) continue;
    for (const [kind, count] of Object.entries(second)) errors[kind] = (errors[kind] ?? 0) + Number(count);
  }
  const sample = decodeSample({ ...row, errors: null, workers: null });
  const generator = typeof sample.generator === 'object' ? sample.generator : {};
  return {
    ...sample,
    span: seconds,
    errors,
    generator: { ...generator, workers: mergeWorkers(listOf(row.worker_lists)) },
  };
}

function listOf(column: unknown): unknown[] {
  const list: unknown = typeof column === 'string' ? JSON.parse(column) : [];
  return Array.isArray(list) ? list : [];
}

const summed: ReadonlySet<string> = new Set(['slipped', 'gcCount'] satisfies (keyof WorkerHealth)[]);

/** Each worker's worst second; how often something happened is added up. */
function mergeWorkers(seconds: readonly unknown[]): Record<string, unknown>[] {
  const workers = new Map<unknown, Record<string, unknown>>();
  for (const one of seconds.flatMap(decodeWorkers)) {
    const known = workers.get(one.worker);
    if (known === undefined) {
      workers.set(one.worker, one);
      continue;
    }
    for (const [name, value] of Object.entries(one)) {
      const before = known[name];
      if (name === 'active' || typeof before !== 'number') known[name] = value ?? before;
      else if (typeof value === 'number')
        known[name] = summed.has(name) ? before + value : Math.max(before, value);
    }
  }
  return [...workers.values()].sort((a, b) => Number(a.worker) - Number(b.worker));
}

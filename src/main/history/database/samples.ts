/** Samples as rows: one column per number, so that a series can be read and compared without parsing. */
import type { Percentiles, Sample, WorkerHealth } from '#contract/run';
import type { SqlRow, SqlValue } from './columns.ts';
import { snakeCase } from './columns.ts';

type Flat = [column: string, read: (sample: Sample) => SqlValue];

export const counts = [
  'asked', 'arrivalsAsked', 'arrivalsDropped', 'active', 'connecting', 'callsAttempted', 'callsConnected', 'callsFailed', 'callsDropped',
  'turnsOk', 'turnsFailed', 'framesSent', 'framesReceived', 'bytesSent', 'bytesReceived', 'requestsOk', 'requestsFailed', 'iterations',
] as const satisfies readonly (keyof Sample)[]; // prettier-ignore

export const health = [
  'latenessP50', 'latenessP99', 'latenessMax', 'eventLoop', 'loopDelay', 'cpu', 'rssMb', 'gcPauseMs',
  'bufferedBytes', 'slipped', 'runQueue', 'idleCores',
] as const satisfies readonly (keyof Sample['generator'])[]; // prettier-ignore

/** What is kept of a worker, in this order: a second's workers are one column of lists, with names they would be most of the row. Only ever appended to. */
const worker = [
  'worker', 'active', 'eventLoop', 'loopDelay', 'loopDelayP99', 'latenessP50', 'latenessP99', 'latenessMax', 'bufferedBytes',
  'slipped', 'cpu', 'heapMb', 'externalMb', 'gcCount', 'gcPauseMs', 'gcLongestMs', 'runQueue',
] as const satisfies readonly (keyof WorkerHealth)[]; // prettier-ignore

export const windows = [
  'ttfa', 'bargeIn', 'connect', 'request', 'firstToken',
] as const satisfies readonly (keyof Sample)[]; // prettier-ignore
export const percentiles = ['count', 'p50', 'p95', 'p99'] as const satisfies readonly (keyof Percentiles)[];

const columns: Flat[] = [
  ['t', (s) => s.t],
  ['at', (s) => s.at],
  ...counts.map((name): Flat => [snakeCase(name), (s) => s[name]]),
  ['errors', (s) => (Object.keys(s.errors).length === 0 ? null : JSON.stringify(s.errors))],
  ...windows.flatMap((w) => percentiles.map((p): Flat => [`${snakeCase(w)}_${p}`, (s) => s[w][p]])),
  ...health.map((name): Flat => [snakeCase(name), (s) => s.generator[name]]),
  ['workers', (s) => encodeWorkers(s.generator.workers)],
];

export const insertSampleSql = `INSERT INTO samples (run, n, ${columns.map(([name]) => name).join(', ')}) VALUES (?, ?${', ?'.repeat(columns.length)})`;
export const selectSamplesSql = `SELECT ${columns.map(([name]) => name).join(', ')} FROM samples WHERE run = ? ORDER BY n`;

/** The values of a sample in the order of `insertSampleSql`. */
export function encodeSample(sample: Sample): SqlValue[] {
  return columns.map(([, read]) => read(sample));
}

/** A row of `selectSamplesSql` as the sample it was. Whoever passes it on parses it. */
export function decodeSample(row: SqlRow): Record<string, unknown> {
  const sample: Record<string, unknown> = { t: row.t, at: row.at };
  for (const name of counts) sample[name] = row[snakeCase(name)];
  sample.errors = typeof row.errors === 'string' ? (JSON.parse(row.errors) as unknown) : {};
  for (const w of windows) {
    sample[w] = Object.fromEntries(percentiles.map((p) => [p, row[`${snakeCase(w)}_${p}`]]));
  }
  sample.generator = {
    ...Object.fromEntries(health.map((name) => [name, row[snakeCase(name)]])),
    workers: decodeWorkers(typeof row.workers === 'string' ? JSON.parse(row.workers) : null),
  };
  return sample;
}

function encodeWorkers(workers: readonly WorkerHealth[]): string | null {
  if (workers.length === 0) return null;
  return JSON.stringify(workers.map((one) => worker.map((name) => one[name])));
}

/** A second's workers from what `encodeWorkers` wrote. */
export function decodeWorkers(lists: unknown): Record<string, unknown>[] {
  if (!Array.isArray(lists)) return [];
  return lists
    .filter((list): list is unknown[] => Array.isArray(list))
    .map((list) => Object.fromEntries(worker.map((name, i) => [name, list[i]])));
}

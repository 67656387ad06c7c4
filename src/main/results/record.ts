/** What was read of another tool's run, as a record of the history. */
import type { ErrorRecord, Percentiles, RunSummary, Sample } from '#contract/run';
import type { RunBatch } from '#engine/run';
import { emptyCounts } from '#engine/measure/counts';
import { withoutRequests } from '#contract/withoutRequests';
import type { ImportedRecord } from '../history/records.ts';
import { findOrigin } from '../runs/origin.ts';
import { newRunId } from '../runs/runId.ts';
import type { FailureGroup, ForeignRun, Moment } from './foreign.ts';
import { overloaded, voiceCounts, voiceHistograms, voiceMetrics } from './voice.ts';
import { counted, shown } from './words.ts';

/** Most requests by name that are kept of a run. */
const mostRequests = 500;
/** Most errors of one kind that are kept one by one. */
const mostErrorsOfAKind = 1000;
const mostErrors = 20_000;

/** How the operator wants it called; left out: as the files have it. */
export interface ImportNaming {
  name?: string | undefined;
  scenario?: string | undefined;
  environment?: string | undefined;
}

export interface RecordContext {
  door: 'desktop' | 'browser' | 'cli';
  files: readonly string[];
  now: Date;
}

/** A record, and what is to be said about it beyond what its reader said. */
export interface MadeRecord {
  record: ImportedRecord;
  notes: string[];
}

const nothing: Percentiles = { count: 0, p50: null, p95: null, p99: null };

/** Puts a foreign run together. Where it does not say when it started, the moment of the import stands in its place. */
export async function recordOf(
  run: ForeignRun,
  naming: ImportNaming,
  context: RecordContext,
): Promise<MadeRecord> {
  const { now, door, files } = context;
  const startedMs = run.startedMs ?? now.getTime();
  const id = newRunId(new Date(clampDate(startedMs)));
  const scenario = naming.scenario ?? (shown(run.name, 200) || 'imported');
  const name = naming.name ?? (shown(run.name, 200) || scenario);
  const environment = naming.environment ?? run.environment;
  const notes: string[] = [];
  const missing = [...run.missing];
  if (run.startedMs === null)
    missing.unshift(
      'When the run started is not in these files: the moment of the import stands in its place.',
    );
  if (run.requests.length > mostRequests)
    notes.push(
      `There are ${counted(run.requests.length, 'request name')}; the ${mostRequests} with most requests are kept.`,
    );
  const requests = [...run.requests]
    .sort((a, b) => b.count - a.count)
    .slice(0, mostRequests)
    .map(({ type, name, count, failures, latency, coarse }) => ({
      type: shown(type, 100),
      name: shown(name, 300),
      count,
      failures,
      latency,
      coarse,
    }));
  const { counts, rates } = voiceCounts(run.voice);
  const errorCounts: Record<string, number> = {};
  for (const { kind, count } of run.failures) errorCounts[kind] = (errorCounts[kind] ?? 0) + count;
  const late = overloaded(run.voice);
  const verdict =
    run.failed.length > 0 || run.thresholds.some(({ status }) => status === 'fail') ? 'fail' : 'pass';
  const summary: RunSummary = {
    schema: 1,
    run_id: id,
    scenario,
    environment,
    seed: 0,
    started_at: new Date(clampDate(startedMs)).toISOString(),
    duration_s: run.durationS,
    ended: 'completed',
    verdict,
    verdict_reasons: [...run.failed],
    trusted: late === null,
    untrusted_reasons: late === null ? [] : [late],
    counts: { ...emptyCounts(), ...counts, errors: errorCounts },
    rates,
    requests_per_second: null,
    metrics: voiceMetrics(run.voice),
    thresholds: [...run.thresholds],
    applied: [],
    requests,
    engine: { workers: 0, cpu_user_s: 0, cpu_system_s: 0, peak_rss_mb: 0, node: '' },
  };
  const origin = await findOrigin(door, null);
  const errors = errorRecords(run.failures, startedMs, run.durationS * 1000);
  const all = run.failures.reduce((sum, { count }) => sum + count, 0);
  if (errors.length < all)
    notes.push(
      `${counted(all, 'error')} are counted; ${errors.length.toLocaleString('en')} of them are listed one by one.`,
    );
  const record: ImportedRecord = {
    run: {
      id,
      name,
      scenario,
      environment,
      startedAt: clampDate(startedMs),
      plannedMs: run.durationS * 1000,
      seed: 0,
      clock: { baseNs: '0', epochMs: clampDate(startedMs) },
      // The machine of the import is not the one that ran it.
      origin: { ...origin, host: 'unknown', os: 'unknown', cpus: 0, user: origin.user },
      scenarioYaml: `# Imported: ${resultSourceNames[run.source]} does not say what was run as a scenario of Crosstalk.\n`,
      applied: [],
      tags: ['imported'],
    },
    imported: { source: run.source, files: [...files], importedAt: now.toISOString(), missing },
    note: '',
    markers: [],
    series: run.series.map((series, index) => ({ ...series, id: index + 1, problem: null })),
    notices: [...run.notes, ...notes],
    batches: batchesOf(run.moments, errors),
    summary,
    durationMs: run.durationS * 1000,
    histograms: voiceHistograms(run.voice),
  };
  return { record, notes: [...run.notes, ...notes] };
}

const resultSourceNames = {
  crosstalk: 'Crosstalk',
  locust: 'Locust',
  azure: 'a JTL file',
  k6: 'k6',
} as const;

/** What a date can hold and a reader would believe. */
function clampDate(ms: number): number {
  return Math.min(Date.UTC(2200, 0), Math.max(0, Number.isFinite(ms) ? ms : 0));
}

/** One by one, as far as that goes; those without a time stand at the end of the run. */
function errorRecords(groups: readonly FailureGroup[], startedMs: number, durationMs: number): ErrorRecord[] {
  const records: ErrorRecord[] = [];
  const within = (epochMs: number) => Math.min(durationMs, Math.max(0, epochMs - startedMs));
  for (const group of groups) {
    const most = Math.min(group.count, mostErrorsOfAKind, mostErrors - records.length);
    const last = group.lastMs === null ? durationMs : within(group.lastMs);
    const first = group.firstMs === null ? last : within(group.firstMs);
    for (let n = 0; n < most; n++)
      records.push({
        at: n === 0 ? first : last,
        kind: group.kind,
        message: group.message,
        callId: null,
        turn: null,
        vu: null,
      });
  }
  return records.sort((a, b) => a.at - b.at);
}

function* batchesOf(moments: readonly Moment[], errors: readonly ErrorRecord[]): Generator<RunBatch> {
  let next = 0;
  for (const [index, moment] of moments.entries()) {
    const isLast = index === moments.length - 1;
    const from = next;
    while (next < errors.length && (isLast || (errors[next]?.at ?? 0) <= moment.t * 1000)) next++;
    yield {
      sample: sampleOf(moment),
      turns: [],
      calls: [],
      errors: errors.slice(from, next),
      requests: [],
      kept: [],
    };
  }
  if (moments.length === 0 && errors.length > 0)
    yield {
      sample: sampleOf({ t: (errors.at(-1)?.at ?? 0) / 1000, span: 1, users: null, errors: {} }),
      turns: [],
      calls: [],
      errors: [...errors],
      requests: [],
      kept: [],
    };
}

function sampleOf(moment: Moment): Sample {
  const users = Math.max(0, Math.round(moment.users ?? 0));
  const attempted = moment.callsAttempted ?? 0;
  const failed = moment.callsFailed ?? 0;
  return {
    t: moment.t,
    at: moment.t * 1000,
    span: moment.span,
    asked: users,
    arrivalsAsked: 0,
    arrivalsDropped: 0,
    active: users,
    connecting: 0,
    callsAttempted: attempted,
    ...withoutRequests.sample,
    callsConnected: Math.max(0, attempted - failed),
    callsFailed: failed,
    callsDropped: moment.callsDropped ?? 0,
    turnsOk: moment.turnsOk ?? 0,
    turnsFailed: moment.turnsFailed ?? 0,
    framesSent: 0,
    framesReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    errors: moment.errors,
    ttfa: moment.ttfa ?? nothing,
    bargeIn: moment.bargeIn ?? nothing,
    connect: moment.connect ?? nothing,
    generator: {
      latenessP50: null,
      latenessP99: null,
      latenessMax: null,
      eventLoop: 0,
      loopDelay: 0,
      cpu: 0,
      rssMb: 0,
      gcPauseMs: 0,
      bufferedBytes: 0,
      slipped: 0,
      runQueue: null,
      idleCores: null,
      workers: [],
    },
  };
}

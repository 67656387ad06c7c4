/** Records as an engine would give them, and a history of one's own to put them into, for tests. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '#contract/errors';
import { latencyMetrics } from '#contract/metrics';
import type {
  CallRecord,
  ErrorRecord,
  MetricSummary,
  Percentiles,
  RunSummary,
  Sample,
  TurnRecord,
  WorkerHealth,
} from '#contract/run';
import type { RunBatch, RunOutcome } from '#engine/run';
import { withoutRequests } from '#contract/withoutRequests';
import { openHistory, type History, type HistoryOptions, type NewRun } from './history.ts';

export function aRun(id: string, more: Partial<NewRun> = {}): NewRun {
  return {
    id,
    name: `Run ${id}`,
    scenario: 'Insurance inquiry',
    environment: 'practice',
    startedAt: Date.UTC(2026, 10, 21, 8, 30, 12),
    plannedMs: 60_000,
    seed: 7,
    clock: { baseNs: '123456789012345', epochMs: 1_795_250_000_000.25 },
    origin: {
      host: 'here',
      os: 'Linux 6.1',
      cpus: 2,
      user: 'me',
      version: '0.1.0',
      door: 'cli',
      gitCommit: null,
      ciUrl: null,
      commandLine: null,
    },
    scenarioYaml: 'version: 1\nname: Insurance inquiry\n',
    applied: ['--users 3'],
    tags: ['nightly'],
    ...more,
  };
}

export function aTurn(more: Partial<TurnRecord> = {}): TurnRecord {
  return {
    callId: 'call-1',
    turn: 1,
    vu: 1,
    user: 'callers',
    conversation: 'insurance_inquiry',
    clip: 'Hello, I have a question about my policy',
    startedAt: 1000.125,
    onsetAt: 1020.5,
    endOfSpeechAt: 3000.001,
    firstMessageAt: 3400,
    transcriptAt: 3400,
    firstAudioAt: 3612.345,
    firstAudibleAt: 3620,
    lastAudioAt: 5000,
    responseEndAt: 6500.5,
    bargeInAt: null,
    agentSilentAt: null,
    stopMessageAt: null,
    ttfb: 399.999,
    ttfa: 612.344,
    ttfa_audible: 619.999,
    recognition: 399.999,
    processing: 212.345,
    response: 2888.155,
    delivery: 1387.655,
    turn_time: 3500.499,
    barge_in: null,
    leftover_audio: null,
    talk_over: null,
    underrun: null,
    underruns: 0,
    lateAudioMs: 0,
    bargeInOutcome: null,
    status: 'ok',
    timedOut: null,
    ambiguous: false,
    excluded: null,
    error: null,
    audioReceivedMs: 2880,
    ...more,
  };
}

export function aCall(more: Partial<CallRecord> = {}): CallRecord {
  return {
    callId: 'call-1',
    vu: 1,
    user: 'callers',
    attempt: 1,
    startedAt: 500.5,
    connectedAt: 512.25,
    endedAt: 20_000,
    connect: 11.75,
    dns: 0.5,
    tcp: 0.25,
    tls: null,
    upgrade: 11,
    greeting: 300,
    greetingMissing: false,
    turns: 5,
    framesSent: 975,
    framesReceived: 700,
    continuousAgent: true,
    stopIdle: 1,
    cutShort: 0,
    slipped: 0,
    closeCode: 1000,
    outcome: 'ended',
    error: null,
    ...more,
  };
}

export function anError(more: Partial<ErrorRecord> = {}): ErrorRecord {
  return {
    at: 4000,
    kind: 'refused',
    message: 'Connection refused',
    callId: 'call-1',
    turn: null,
    vu: 1,
    ...more,
  };
}

const nothing: Percentiles = { count: 0, p50: null, p95: null, p99: null };

export function aSample(t: number, more: Partial<Sample> = {}): Sample {
  return {
    t,
    at: t * 1000 + 0.125,
    span: 1,
    ...withoutRequests.sample,
    asked: 3,
    arrivalsAsked: 0,
    arrivalsDropped: 0,
    active: 3,
    connecting: 0,
    callsAttempted: 1,
    callsConnected: 1,
    callsFailed: 0,
    callsDropped: 0,
    turnsOk: 1,
    turnsFailed: 0,
    framesSent: 150,
    framesReceived: 100,
    bytesSent: 123_456,
    bytesReceived: 98_765,
    errors: {},
    ttfa: { count: 4, p50: 600.5, p95: 900 + t, p99: 950 },
    bargeIn: nothing,
    connect: nothing,
    generator: {
      latenessP50: 0.1,
      latenessP99: 1.5,
      latenessMax: 3,
      eventLoop: 0.25,
      loopDelay: 2,
      cpu: 0.5,
      rssMb: 150.5,
      gcPauseMs: 1,
      bufferedBytes: 0,
      slipped: 0,
      runQueue: 0.0712,
      idleCores: 1.125,
      workers: [aWorker(1), aWorker(2, { cpu: null, runQueue: null, latenessP50: null })],
    },
    ...more,
  };
}

export function aWorker(worker: number, more: Partial<WorkerHealth> = {}): WorkerHealth {
  return {
    worker,
    active: 2,
    eventLoop: 0.25,
    loopDelay: 2.125,
    loopDelayP99: 1.5,
    latenessP50: 0.1,
    latenessP99: 1.5,
    latenessMax: 3,
    bufferedBytes: 0,
    slipped: 0,
    cpu: 0.1875,
    heapMb: 12.25,
    externalMb: 3.5,
    gcCount: 2,
    gcPauseMs: 1,
    gcLongestMs: 0.625,
    runQueue: 0.0712,
    ...more,
  };
}

/** Second `t` of a run with what came in during it: one turn unless told otherwise. */
export function aBatch(t: number, more: Partial<RunBatch> = {}): RunBatch {
  return {
    sample: aSample(t),
    turns: [aTurn({ turn: t, startedAt: t * 1000 })],
    calls: [],
    errors: [],
    requests: [],
    kept: [],
    ...more,
  };
}

const noMetric: MetricSummary = {
  unit: 'ms', count: 0, min: null, mean: null, stddev: null, p50: null, p75: null, p90: null, p95: null, p99: null,
  p99_9: null, max: null,
}; // prettier-ignore

export function aSummary(runId: string, more: Partial<RunSummary> = {}): RunSummary {
  const metrics = Object.fromEntries(latencyMetrics.map((name) => [name, noMetric])) as RunSummary['metrics'];
  return {
    schema: 1,
    run_id: runId,
    scenario: 'Insurance inquiry',
    environment: 'practice',
    seed: 7,
    started_at: '2026-11-21T08:30:12.000Z',
    duration_s: 60,
    ended: 'completed',
    verdict: 'pass',
    verdict_reasons: [],
    trusted: true,
    untrusted_reasons: [],
    counts: {
      calls_attempted: 3, calls_connected: 3, calls_failed: 0, calls_dropped: 0, turns_ok: 9, turns_failed: 1,
      turns_timed_out: 0, turns_ambiguous: 0, frames_sent: 1, frames_received: 1, bytes_sent: 1, bytes_received: 1,
      errors: { dropped_1006: 2, first_byte_timeout: 1 }, turns_cut: 0, turns_excluded: 0, ttfa_answered: 9,
      ttfa_timed_out: 0, ttfa_lost: 1, talk_overs: 0, greeting_missing: 0, stop_idle: 0, cut_short: 0, late_audio: 0,
      slipped: 0, backpressure: 0, arrivals_asked: 0, arrivals_dropped: 0, barge_in_outcomes: {}, other_messages: {},
      requests: 0, requests_failed: 0, requests_timed_out: 0, requests_cut: 0, requests_excluded: 0, retries: 0,
      checks_passed: 0, checks_failed: 0, iterations: 0, iterations_failed: 0, statuses: {},
    },
    rates: { connection_success: 1, turn_success: 0.9, error_rate: 0.1, barge_in_success: null, ...withoutRequests.rates },
    requests_per_second: null,
    metrics: { ...metrics, ttfa: { ...noMetric, count: 9, p50: 610, p95: 980 } },
    thresholds: [
      { metric: 'ttfa', stat: 'p95', condition: 'below', target: 2000, acceptable: 3000, value: 980, status: 'pass' },
    ],
    applied: ['--users 3'],
    engine: { workers: 1, cpu_user_s: 1, cpu_system_s: 0.1, peak_rss_mb: 120, node: 'v24' },
    ...more,
  }; // prettier-ignore
}

export function anOutcome(runId: string, more: Partial<RunSummary> = {}): RunOutcome {
  return {
    summary: aSummary(runId, more),
    histograms: { ttfa: Buffer.from('histogram').toString('base64') },
    breakdowns: { turn: [], conversation: [], user: [] },
    requests: { step: [], phase: [], group: [], user: [], period: [] },
  };
}

/** What was asked for; throws what went wrong instead. */
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message, { cause: result.error });
  return result.value;
}

/** A history in a folder of its own, for what happens when its database is taken away from it. */
export class TestHistory {
  readonly folder = mkdtempSync(join(tmpdir(), 'crosstalk-history-'));
  readonly file = join(this.folder, 'crosstalk.db');
  /** What has been said since the histories were opened. */
  readonly notices: string[] = [];
  readonly #defaults: Partial<HistoryOptions>;
  readonly #opened: History[] = [];

  constructor(defaults: Partial<HistoryOptions> = {}) {
    this.#defaults = defaults;
  }

  /** Waits for no lock and retries quickly, unless told otherwise. */
  async open(more: Partial<HistoryOptions> = {}): Promise<History> {
    const { file } = this;
    const recorder = { retryMs: 20, finalMs: 50, lastMs: 50 };
    const history = value(await openHistory({ file, lockWaitMs: 0, recorder, ...this.#defaults, ...more }));
    this.#opened.push(history);
    history.onNotice((notice) => this.notices.push(notice.message));
    return history;
  }

  /** Names of the files in which runs wait for the next start. */
  waiting(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith('unwritten-'));
  }

  /** Closes what is open and takes the folder away. */
  async remove(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((history) => history.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

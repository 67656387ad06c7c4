/** Complete records for the tests of everything that shows results. */
import { latencyMetrics } from '#contract/metrics';
import { RunSummary, type BreakingPoint, type MetricSummary, TurnRecord } from '#contract/run';

const empty: MetricSummary = {
  unit: 'ms', count: 0, min: null, mean: null, stddev: null,
  p50: null, p75: null, p90: null, p95: null, p99: null, p99_9: null, max: null,
}; // prettier-ignore
const ttfa: MetricSummary = {
  unit: 'ms', count: 5, min: 600, mean: 900, stddev: 120,
  p50: 850, p75: 1000, p90: 1200, p95: 1310, p99: 1400, p99_9: 1400, max: 1400,
}; // prettier-ignore

/** The summary of a small run that passed. */
export function exampleSummary(more: Partial<RunSummary>): RunSummary {
  return RunSummary.parse({
    schema: 1,
    run_id: 'r1',
    scenario: 'Insurance inquiry',
    environment: 'practice',
    seed: 7,
    started_at: '2026-11-21T10:00:00.000Z',
    duration_s: 30,
    ended: 'completed',
    verdict: 'pass',
    verdict_reasons: [],
    trusted: true,
    untrusted_reasons: [],
    counts: {
      calls_attempted: 2, calls_connected: 2, calls_failed: 0, calls_dropped: 0,
      turns_ok: 4, turns_failed: 1, turns_timed_out: 1, turns_ambiguous: 0,
      frames_sent: 1500, frames_received: 900, bytes_sent: 1e6, bytes_received: 6e5, errors: {},
      turns_cut: 0, turns_excluded: 0, ttfa_answered: 4, ttfa_timed_out: 1, ttfa_lost: 0,
      talk_overs: 0, greeting_missing: 0, stop_idle: 0, cut_short: 0, late_audio: 0, slipped: 0, backpressure: 0,
      barge_in_outcomes: {}, other_messages: {},
    }, // prettier-ignore
    rates: { connection_success: 1, turn_success: 0.8, error_rate: 0.14, barge_in_success: null },
    metrics: Object.fromEntries(latencyMetrics.map((name) => [name, name === 'ttfa' ? ttfa : empty])),
    thresholds: [],
    applied: [],
    engine: { workers: 1, cpu_user_s: 1.2, cpu_system_s: 0.3, peak_rss_mb: 120, node: 'v24' },
    ...more,
  });
}

/** What a search for the breaking point may find. */
export const exampleSearch: BreakingPoint = {
  holds: 140,
  breaks_at: 150,
  limited_by: 'target',
  sentence: 'holds 140 calls; at 150, ttfa p95 passed 3 s',
  steps: (['pass', 'warn', 'fail', 'generator', 'cut', null] as const).map((result, i) => ({
    users: 100 + i * 10,
    from_s: i * 70 + 10,
    to_s: result === null ? null : i * 70 + 70,
    kind: i < 2 ? 'step' : 'search',
    result,
    ttfa_p95: 1000 + i * 500,
    barge_in_p95: null,
    thresholds:
      result === 'warn' || result === 'fail'
        ? [{ metric: 'ttfa', stat: 'p95', condition: 'below', target: 2000, acceptable: 3000, value: 3400, status: result }]
        : [],
  })),
}; // prettier-ignore

/** A turn that went well. */
export function exampleTurn(more: Partial<TurnRecord>): TurnRecord {
  return TurnRecord.parse({
    callId: 'c1', turn: 1, vu: 0, user: 'callers', conversation: 'insurance_inquiry', clip: 'hello',
    startedAt: 0, onsetAt: 20, endOfSpeechAt: 1000, firstMessageAt: 1500, transcriptAt: 1500, firstAudioAt: 1812,
    firstAudibleAt: 1812, lastAudioAt: 3000, responseEndAt: 4000, bargeInAt: null, agentSilentAt: null, stopMessageAt: null,
    ttfb: 500, ttfa: 812, ttfa_audible: 812, recognition: 500, processing: 312, response: 2188, delivery: 1188,
    turn_time: 3000, barge_in: null, leftover_audio: null, talk_over: null, underrun: null, underruns: 0, lateAudioMs: 0,
    bargeInOutcome: null, status: 'ok', timedOut: null, ambiguous: false, excluded: null, error: null, audioReceivedMs: 2188,
    ...more,
  }); // prettier-ignore
}

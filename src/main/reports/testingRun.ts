/** A run in a history, small and with a bit of everything, for the tests of what is written of one. */
import type { BreakdownRow } from '#contract/review';
import { LatencyHistogram } from '#engine/measure/histogram';
import type { RunBatch } from '#engine/run';
import type { History } from '../history/history.ts';
import { aBatch, aCall, anError, aRun, aSample, anOutcome, aTurn, value } from '../history/testing.ts';
import { historySource, type ReportSink, type ReportSource } from './source.ts';

/** Must be in nothing that leaves. */
export const hidden = ['hunter2', 'sk-live-4711', 'tok-0815'];

export const seconds = 30;
const hostile = '</script><img src=x onerror=alert(1)> "quoted", & more';

const yaml = `version: 1
name: ${JSON.stringify(hostile)}
environment:
  url: wss://agent.internal/api?token=tok-0815
  headers: { x-api-key: sk-live-4711 }
`;

/** Time to first audio of the turn of each second, ms. */
export const ttfaOf = (second: number) => 500 + second * 10.25;

function batchOf(second: number): RunBatch {
  const startedAt = second * 1000 + 10;
  const end = startedAt + 3000;
  const slow = second === 20;
  const turn = aTurn({
    callId: `call-${second}`,
    turn: (second % 3) + 1,
    startedAt,
    endOfSpeechAt: startedAt + 1000,
    firstAudioAt: startedAt + 1000 + ttfaOf(second),
    responseEndAt: end,
    ttfa: ttfaOf(second),
    ...(slow
      ? { status: 'timeout', timedOut: 'first_byte', error: 'first_byte_timeout', firstMessageAt: null }
      : {}),
  });
  return aBatch(second, {
    sample: aSample(second, {
      active: second === seconds ? 0 : 2,
      errors: slow ? { first_byte_timeout: 1 } : {},
    }),
    turns: [turn],
    calls:
      second === 5
        ? [
            aCall({ callId: 'call-a' }),
            aCall({
              callId: 'call-b',
              connectedAt: null,
              connect: null,
              greeting: null,
              outcome: 'failed',
              error: 'refused',
              endedAt: 5100,
            }),
            aCall({
              callId: 'call-c',
              outcome: 'dropped',
              closeCode: 1006,
              error: 'dropped_1006',
              endedAt: 5200,
            }),
          ]
        : [],
    errors: slow
      ? [
          anError({
            at: startedAt,
            kind: 'first_byte_timeout',
            message: `nothing came of wss://me:hunter2@agent.internal/api?token=tok-0815 ${hostile}`,
          }),
        ]
      : [],
  });
}

const aBreakdownRow = (key: string): BreakdownRow => ({
  key,
  turns: 10,
  ok: 9,
  failed: 1,
  timedOut: 1,
  success: 0.9,
  ttfaP50: 650,
  ttfaP95: 800,
  recognitionP95: 400,
  processingP95: 400,
  turnP95: 3500,
  bargeIns: 0,
  bargeInP95: null,
});

/** Records it; `id` is its own. */
export async function recordRun(history: History, id = 'run-1'): Promise<void> {
  history.createRun(
    aRun(id, { name: hostile, scenarioYaml: yaml, applied: ['--set x-api-key=sk-live-4711'] }),
  );
  const ttfa = new LatencyHistogram();
  for (let second = 1; second <= seconds; second++) {
    history.append(id, batchOf(second));
    ttfa.record(ttfaOf(second));
  }
  const outcome = anOutcome(id, { verdict: 'fail', duration_s: seconds });
  const { summary } = outcome;
  value(
    await history.finishRun(id, {
      ...outcome,
      summary: {
        ...summary,
        metrics: { ...summary.metrics, ttfa: ttfa.summary() },
        thresholds: summary.thresholds.map((row) => ({ ...row, status: 'fail', value: 4000 })),
      },
      histograms: { ttfa: ttfa.encode() },
      breakdowns: { turn: ['1', '2', '3'].map(aBreakdownRow), conversation: [], user: [] },
    }),
  );
}

export async function recordedSource(history: History, id = 'run-1'): Promise<ReportSource> {
  await recordRun(history, id);
  return historySource(history, id);
}

/** A sink that keeps what is written. */
export class Written implements ReportSink {
  readonly pieces: Uint8Array[] = [];

  write(piece: string | Uint8Array): void {
    this.pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }
}

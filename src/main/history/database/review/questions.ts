/** What is asked of the database about one run or many; part of `../messages.ts`. */
import { z } from 'zod';
import { CallQuery, ErrorGroup, TurnQuery } from '#contract/api/runs';
import { latencyMetrics } from '#contract/metrics';
import { AudioReview, BreakdownRow, breakdowns, ConnectionReview, HeatMap } from '#contract/review';
import { CallRecord, ErrorRecord, RunRow, RunSummary, Sample, TurnRecord } from '#contract/run';

const runId = z.object({ runId: z.string() });
const metric = z.enum(latencyMetrics);
const whole = z.number().int();

export const reviewQuestions = {
  samples: {
    name: 'samples',
    input: runId.extend({
      atMost: whole.min(1).optional(),
      fromS: z.number().optional(),
      toS: z.number().optional(),
    }),
    output: z.array(Sample),
  },
  turns: { name: 'turns', input: TurnQuery, output: z.object({ total: whole, turns: z.array(TurnRecord) }) },
  calls: { name: 'calls', input: CallQuery, output: z.object({ total: whole, calls: z.array(CallRecord) }) },
  errors: { name: 'errors', input: runId, output: z.array(ErrorGroup) },
  errorList: {
    name: 'errorList',
    input: runId.extend({ kind: z.string().optional(), offset: whole.min(0), limit: whole.min(1) }),
    output: z.object({ total: whole, errors: z.array(ErrorRecord) }),
  },
  connectionsOf: {
    name: 'connectionsOf',
    input: runId.extend({ callId: z.string() }),
    output: z.array(CallRecord),
  },
  /** `step`: of requests of that name alone. The array's memory is handed over. */
  values: {
    name: 'values',
    input: runId.extend({ metric, step: z.string().optional() }),
    output: z.instanceof(Float64Array),
  },
  breakdown: {
    name: 'breakdown',
    input: runId.extend({ by: z.enum(breakdowns) }),
    output: z.array(BreakdownRow),
  },
  heatMap: {
    name: 'heatMap',
    input: runId.extend({
      metric,
      columns: whole.min(1),
      rows: whole.min(1),
      fromS: z.number().optional(),
      toS: z.number().optional(),
    }),
    output: HeatMap,
  },
  connections: { name: 'connections', input: runId, output: ConnectionReview },
  audio: { name: 'audio', input: runId, output: AudioReview },
  summaries: {
    name: 'summaries',
    input: z.object({ scenario: z.string(), environment: z.string().optional(), last: whole.min(1) }),
    output: z.array(z.object({ row: RunRow, summary: RunSummary })),
  },
  scenarios: {
    name: 'scenarios',
    input: z.null(),
    output: z.array(z.object({ scenario: z.string(), environments: z.array(z.string()), runs: whole })),
  },
} as const;

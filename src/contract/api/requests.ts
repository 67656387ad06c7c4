import { z } from 'zod';
import { latencyMetrics } from '../metrics.ts';
import {
  CheckRow,
  KeptRequest,
  requestBreakdowns,
  requestOutcomes,
  RequestRecord,
  RequestRow,
  RequestStep,
} from '../requests.ts';
import { call } from './define.ts';

const runId = z.object({ runId: z.string() });

/** What requests may be ordered by. */
export const requestSorts = [
  'intendedAt', 'request', 'request_uncorrected', 'queue', 'first_byte', 'download', 'first_token', 'bytesReceived',
] as const; // prettier-ignore

/** A page of a run's requests, in the order in which they ended unless sorted. */
export const RequestQuery = runId.extend({
  sort: z.object({ by: z.enum(requestSorts), descending: z.boolean().default(true) }).optional(),
  /** Newest first instead of oldest first. */
  newest: z.boolean().default(false),
  /** Name of a step; phase, group and user likewise. */
  step: z.string().optional(),
  phase: z.string().optional(),
  group: z.string().optional(),
  user: z.string().optional(),
  period: z.string().optional(),
  outcome: z.enum(requestOutcomes).optional(),
  status: z.number().int().optional(),
  error: z.string().optional(),
  vu: z.number().int().optional(),
  iteration: z.number().int().optional(),
  /** Only requests whose value of this metric is at least so long, or shorter than this. */
  value: z
    .object({ metric: z.enum(latencyMetrics), least: z.number().optional(), below: z.number().optional() })
    .optional(),
  fromS: z.number().optional(),
  toS: z.number().optional(),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type RequestQuery = z.infer<typeof RequestQuery>;

/** Requests of http and grpc users of a run, of one that goes on: so far. */
export const requestsApi = {
  steps: call(runId, z.array(RequestStep)),
  /** In the order of the scenario; `period`: only of that period. */
  summary: call(
    runId.extend({ by: z.enum(requestBreakdowns), period: z.string().optional() }),
    z.array(RequestRow),
  ),
  checks: call(runId, z.array(CheckRow)),
  list: call(RequestQuery, z.object({ total: z.number().int(), requests: z.array(RequestRecord) })),
  /** The requests whose contents were kept, newest first. */
  kept: call(
    runId.extend({
      why: KeptRequest.shape.why.optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    z.object({ total: z.number().int(), requests: z.array(KeptRequest) }),
  ),
  /** One request's contents; null: they were not kept. */
  get: call(runId.extend({ id: z.number().int() }), KeptRequest.nullable()),
};

import { z } from 'zod';
import { refusals } from '../machine.ts';
import { turnMetrics } from '../metrics.ts';
import {
  bargeInOutcomes,
  BreakingPoint,
  CallRecord,
  ErrorRecord,
  mostUsers,
  RunDetail,
  RunMarker,
  RunRow,
  Sample,
  ThresholdResult,
  TurnRecord,
  UserControl,
} from '../run.ts';
import { RecordedCall, RecordedMessage } from '../recording.ts';
import { RunSeries } from '../series.ts';
import { call, event } from './define.ts';

const runId = z.object({ runId: z.string() });
const recordedCall = runId.extend({ callId: z.string(), attempt: z.number().int() });

/** What a run may override of its scenario when it is started from a screen. */
export const StartRunInput = z.object({
  scenario: z.string(),
  name: z.string().max(200).optional(),
  users: z.number().int().min(1).max(10_000).optional(),
  spawnRate: z.number().positive().optional(),
  durationMs: z.number().positive().optional(),
  seed: z.number().int().optional(),
  /** Share of calls whose audio and messages are kept, 0–1; left out: none. */
  record: z.number().min(0).max(1).optional(),
  /** Aimed at this environment (by name, `practice` too) instead of the scenario's own. */
  environment: z.string().optional(),
  /** One call of the scenario, recorded, whatever its load says; thresholds are not judged. */
  once: z.boolean().optional(),
  /** Refusals it is run in spite of. */
  force: z.array(z.enum(refusals)).optional(),
  /** The environment's name as it was typed in, where it is production. */
  confirm: z.string().optional(),
  tags: z.array(z.string().trim().min(1).max(100)).max(50).optional(),
});
export type StartRunInput = z.input<typeof StartRunInput>;

/** What should be known before a run is started. Nothing is called but the guard's address. */
export const RunPreview = z.object({
  scenario: z.string(),
  environment: z.string(),
  targets: z.array(z.object({ name: z.string(), url: z.string() })),
  peakCalls: z.number().int(),
  plannedMs: z.number(),
  /** The same from a terminal. */
  commandLine: z.string(),
  /** Certificates not verified, tokens that will expire, limits that are near: one sentence each. */
  warnings: z.array(z.string()),
  /** What the run would be refused for, and could be forced. */
  refusals: z.array(z.object({ code: z.enum(refusals), message: z.string() })),
  /** The name that must be typed, because so many users are aimed at production; null: none. */
  confirm: z.object({ name: z.string(), above: z.number().int() }).nullable(),
});
export type RunPreview = z.infer<typeof RunPreview>;

/** Counted errors of one kind. */
export const ErrorGroup = z.object({
  kind: z.string(),
  count: z.number().int(),
  firstAt: z.number(),
  lastAt: z.number(),
  example: z.string(),
  /** Where the example happened: its call and turn, where known. */
  exampleCall: z.string().nullable().default(null),
  exampleTurn: z.number().int().nullable().default(null),
  /** Calls that had it. */
  calls: z.number().int().default(0),
});
export type ErrorGroup = z.infer<typeof ErrorGroup>;

/** What turns may be ordered by. */
export const turnSorts = [
  'startedAt',
  'ttfa',
  'ttfb',
  'turn_time',
  'barge_in',
  'recognition',
  'processing',
  'response',
  'turn',
  'underrun',
  'leftover_audio',
] as const;

/** A page of a run's turns. `newest` first for watching, in order of time for reviewing, `slowest` by ttfa. */
export const TurnQuery = z.object({
  runId: z.string(),
  order: z.enum(['newest', 'time', 'slowest']).default('newest'),
  /** Instead of `order`: by this value, greatest first (`descending`) or least first; turns without it come last. */
  sort: z.object({ by: z.enum(turnSorts), descending: z.boolean().default(true) }).optional(),
  status: z.enum(['ok', 'timeout', 'failed', 'cut']).optional(),
  conversation: z.string().optional(),
  turn: z.number().int().optional(),
  user: z.string().optional(),
  bargeInOutcome: z.enum(bargeInOutcomes).optional(),
  /** Only turns with an error; with a text: whose error has it. */
  error: z.union([z.literal(true), z.string()]).optional(),
  /** Only turns whose ttfa is at least so long, ms. */
  slowerThan: z.number().min(0).optional(),
  /** Only turns whose value of this metric is at least so long, or shorter than this, ms. */
  value: z
    .object({
      metric: z.enum(turnMetrics),
      least: z.number().optional(),
      below: z.number().optional(),
    })
    .optional(),
  /** Only turns that began in this stretch, seconds since the start of the load. */
  fromS: z.number().optional(),
  toS: z.number().optional(),
  /** Text within the call's id, the conversation, the clip or the error. */
  search: z.string().max(200).optional(),
  /** Turns of this call alone, over all its connections. */
  callId: z.string().optional(),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type TurnQuery = z.infer<typeof TurnQuery>;

/** What connections may be ordered by. */
export const callSorts = ['startedAt', 'duration', 'connect', 'upgrade', 'greeting', 'turns'] as const;

/** A page of a run's connections, in the order in which they ended. */
export const CallQuery = z.object({
  runId: z.string(),
  /** Instead: by this value, greatest first (`descending`) or least first; connections without it come last. */
  sort: z.object({ by: z.enum(callSorts), descending: z.boolean().default(true) }).optional(),
  outcome: CallRecord.shape.outcome.optional(),
  /** Only connections with an error. */
  error: z.literal(true).optional(),
  /** Text within the call's id, the users entry or the error. */
  search: z.string().max(200).optional(),
  /** Only connections that began later, or earlier, than this stamp. */
  after: z.number().optional(),
  before: z.number().optional(),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type CallQuery = z.infer<typeof CallQuery>;

/** One second of a running run with what came in during it. `turns` holds at most the newest 200. */
export const RunTick = z.object({
  runId: z.string(),
  sample: Sample,
  turns: z.array(TurnRecord),
  errors: z.array(ErrorRecord),
  row: RunRow,
  /** Every threshold over the whole run so far. */
  thresholds: z.array(ThresholdResult),
  /** Why the run could not be trusted if it ended now. */
  untrusted: z.array(z.string()),
  users: UserControl,
  /** How far a search for the breaking point has come; null for other loads. */
  breakingPoint: BreakingPoint.nullable(),
});
export type RunTick = z.infer<typeof RunTick>;

/** What somebody may write about a run. Left out: as it is. */
export const RunEdit = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  note: z.string().max(20_000).optional(),
  tags: z.array(z.string().trim().min(1).max(100)).max(50).optional(),
  starred: z.boolean().optional(),
});
export type RunEdit = z.infer<typeof RunEdit>;

/** A `phase` of starting or ending that takes a moment, so that the screen can say what is going on. */
export const RunPhase = z.object({
  runId: z.string(),
  phase: z.enum(['preparing', 'starting_agent', 'running', 'stopping', 'finished']),
  detail: z.string().nullable(),
});
export type RunPhase = z.infer<typeof RunPhase>;

export const runsApi = {
  list: call(z.object({ limit: z.number().int().min(1).max(10_000).default(500) }), z.array(RunRow)),
  /** One row of the list, for when only one has changed. */
  row: call(runId, RunRow),
  get: call(runId, RunDetail),
  edit: call(runId.extend({ edit: RunEdit }), RunRow),
  /** Makes it the baseline of its scenario and environment, or no baseline any more; runs that are listed are compared with it from then on. */
  setBaseline: call(runId.extend({ baseline: z.boolean() }), RunRow),
  /** At `t` seconds since the start of the load; left out: now, of a run that goes on. */
  addMarker: call(
    runId.extend({ text: z.string().trim().min(1).max(500), t: z.number().min(0).optional() }),
    RunMarker,
  ),
  removeMarker: call(runId.extend({ id: z.number().int() }), z.void()),
  /** The practice run: the bundled scenario against the built-in agent; needs no configuration. */
  startPractice: call(
    z.union([z.void(), StartRunInput.pick({ record: true })]),
    z.object({ runId: z.string() }),
  ),
  /** Errors of kind `refused`: `limits`, `calibration`, `guard` (see `force`), `confirm_production` (see `confirm`). */
  start: call(StartRunInput, z.object({ runId: z.string() })),
  preview: call(StartRunInput, RunPreview),
  /** Graceful: turns end, calls close. */
  stop: call(runId, z.void()),
  abort: call(runId, z.void()),
  /** Pins the number of users whatever the load profile says; null gives it back to the profile. */
  setUsers: call(
    z.object({ runId: z.string(), users: z.number().int().min(0).max(mostUsers).nullable() }),
    z.void(),
  ),
  /** At most `atMost` (seconds are merged, see `Sample.span`), of the whole run or of a stretch of it in seconds. */
  samples: call(
    runId.extend({
      atMost: z.number().int().min(1).max(100_000).optional(),
      fromS: z.number().optional(),
      toS: z.number().optional(),
    }),
    z.array(Sample),
  ),
  /** What was sampled beside it. */
  series: call(runId, z.array(RunSeries)),
  turns: call(TurnQuery, z.object({ total: z.number().int(), turns: z.array(TurnRecord) })),
  calls: call(CallQuery, z.object({ total: z.number().int(), calls: z.array(CallRecord) })),
  errors: call(runId, z.array(ErrorGroup)),
  /** Errors one by one, newest first. */
  errorList: call(
    runId.extend({
      kind: z.string().optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(1000).default(200),
    }),
    z.object({ total: z.number().int(), errors: z.array(ErrorRecord) }),
  ),
  /** One connection of a call: its record (null while it goes on), the turns with their moments, and what was recorded of it. */
  call: call(
    recordedCall,
    z.object({
      record: CallRecord.nullable(),
      attempts: z.array(z.number().int()),
      turns: z.array(TurnRecord),
      recorded: RecordedCall.nullable(),
    }),
  ),
  /** The calls of a run that were recorded. */
  recordings: call(runId, z.array(RecordedCall)),
  /** One of them: its turns with their moments, and its outline for drawing (lowest and highest of each stretch, alternating, −1…1). */
  recording: call(
    recordedCall,
    z.object({
      call: RecordedCall,
      turns: z.array(TurnRecord),
      callerPeaks: z.array(z.number()),
      agentPeaks: z.array(z.number()),
    }),
  ),
  recordedMessages: call(
    recordedCall.extend({
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(1000).default(500),
    }),
    z.object({ total: z.number().int(), messages: z.array(RecordedMessage) }),
  ),
  /** A stretch of both lanes: 16-bit little-endian, caller left and agent right (as it was heard), base64; at most 60 s at once. */
  recordedAudio: call(
    recordedCall.extend({
      from: z.number().int().min(0).default(0),
      samples: z.number().int().min(1).max(1_440_000).default(960_000),
    }),
    z.object({ sampleRate: z.number().int(), totalSamples: z.number().int(), pcm: z.string() }),
  ),
  /** Takes it off the list; `restore` brings it back within a week, then it and its recordings are removed for good. */
  remove: call(runId, z.void()),
  restore: call(runId, RunRow),
  tick: event(RunTick),
  phase: event(RunPhase),
  /** The list changed: a run started, ended, or another process wrote one. */
  changed: event(z.object({ runId: z.string().nullable() })),
  /** Something the operator should know while a run goes on (disk full, database locked). */
  notice: event(z.object({ runId: z.string(), message: z.string() })),
};

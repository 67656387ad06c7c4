/**
 * Everything the application and its database worker say to each other. The application opens with `hello`, the worker
 * answers `ready` or `boot_error` (or `waiting`, and `ready` later); then every request gets one reply with its id. Both sides parse what they receive.
 */
import { z } from 'zod';
import { Retention } from '#contract/api/history';
import { RunEdit } from '#contract/api/runs';
import { AppErrorSchema } from '#contract/errors';
import { requestBreakdowns, RequestRow, RequestStep } from '#contract/requests';
import { BreakdownRow, breakdowns } from '#contract/review';
import {
  comparisonVerdicts,
  ImportedRun,
  RunClock,
  RunDetail,
  RunMarker,
  RunOrigin,
  RunRow,
  RunSummary,
} from '#contract/run';
import { RunSeries, SeriesInfo, SeriesPoint } from '#contract/series';
import { requestQuestions } from './requests/questions.ts';
import { reviewQuestions } from './review/questions.ts';

/** A named stretch of a run, ms since the start of the load. */
export const RunPeriod = z.object({ name: z.string(), from: z.number(), to: z.number() });
export type RunPeriod = z.infer<typeof RunPeriod>;

/** A step; `stage`: of set-up or tear-down, which is no part of the load. */
export const StoredStep = RequestStep.extend({ stage: z.boolean().default(false) });
export type StoredStep = z.infer<typeof StoredStep>;

/** What is known of a run when it starts. */
export const NewRun = z.object({
  id: z.string(),
  name: z.string(),
  scenario: z.string(),
  environment: z.string(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  plannedMs: z.number(),
  seed: z.number().int(),
  clock: RunClock,
  origin: RunOrigin,
  scenarioYaml: z.string(),
  /** The environment as it was; null or left out where it is not known, or stands in the scenario. */
  environmentYaml: z.string().nullable().optional(),
  applied: z.array(z.string()),
  tags: z.array(z.string()),
  /** Of http and grpc users, and the periods of the run; left out: there are none. */
  steps: z.array(StoredStep).optional(),
  periods: z.array(RunPeriod).optional(),
});
export type NewRun = z.infer<typeof NewRun>;

/** Requests by what the end of a run has them. */
const RequestBreakdowns = z.partialRecord(z.enum(requestBreakdowns), z.array(RequestRow));

const records = z.array(z.unknown());

/**
 * One step of a run's record. Each may be sent again when it is not known whether it arrived: what is there already is
 * left alone. Records inside a batch are parsed one by one, so that a broken one does not take the others with it.
 */
export const WriteItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create'), run: NewRun }),
  z.object({
    kind: z.literal('batch'),
    n: z.number().int(),
    batch: z.object({
      sample: z.unknown(),
      turns: records,
      calls: records,
      errors: records,
      requests: records.optional(),
      kept: records.optional(),
    }),
  }),
  z.object({ kind: z.literal('notice'), n: z.number().int(), at: z.number(), message: z.string() }),
  /** Series that begin, and values of series. Told again (same id, same moment) they stay as they are, but for a series' problem. */
  z.object({ kind: z.literal('series'), begun: z.array(SeriesInfo), points: z.array(SeriesPoint) }),
  z.object({
    kind: z.literal('finish'),
    summary: RunSummary,
    histograms: z.record(z.string(), z.string()),
    breakdowns: z.partialRecord(z.enum(breakdowns), z.array(BreakdownRow)).optional(),
    requests: RequestBreakdowns.optional(),
  }),
]);
export type WriteItem = z.infer<typeof WriteItem>;

/** Version of the files in which unwritten parts of runs wait; a newer one is left alone. */
export const spillVersion = 3;

/** First line of such a file; `items` lines follow, a `WriteItem` each. */
export const SpillHeader = z.object({
  crosstalk: z.literal('unwritten'),
  version: z.number().int(),
  runId: z.string(),
  items: z.number().int(),
});
export type SpillHeader = z.infer<typeof SpillHeader>;

/** One of the worker's calls: its name, what goes in, what comes out. */
export interface DatabaseCall<N extends string, I extends z.ZodType, O extends z.ZodType> {
  name: N;
  input: I;
  output: O;
}

function call<N extends string, I extends z.ZodType, O extends z.ZodType>(
  name: N,
  input: I,
  output: O,
): DatabaseCall<N, I, O> {
  return { name, input, output };
}

const runId = z.object({ runId: z.string() });

/** Every call the worker answers. */
export const databaseCalls = {
  /** Writes all items in one transaction. `refused` counts records that were not what they should be, with the first reason. */
  write: call(
    'write',
    z.object({ runId: z.string(), items: z.array(WriteItem) }),
    z.object({ refused: z.number().int(), reason: z.string().nullable() }),
  ),
  list: call('list', z.object({ limit: z.number().int().min(1) }), z.array(RunRow)),
  get: call('get', runId, RunDetail),
  ...reviewQuestions,
  ...requestQuestions,
  histograms: call('histograms', runId, z.record(z.string(), z.string())),
  row: call('row', runId, RunRow),
  /** Off every list, to be restored. */
  remove: call('remove', runId, z.null()),
  restore: call('restore', runId, RunRow),
  edit: call('edit', runId.extend({ edit: RunEdit }), RunRow),
  setBaseline: call('setBaseline', runId.extend({ baseline: z.boolean() }), RunRow),
  baselineOf: call(
    'baselineOf',
    z.object({ scenario: z.string(), environment: z.string() }),
    z.string().nullable(),
  ),
  setComparison: call(
    'setComparison',
    runId.extend({
      baselineId: z.string(),
      verdict: z.enum(comparisonVerdicts),
      sentence: z.string(),
    }),
    z.null(),
  ),
  addMarker: call('addMarker', runId.extend({ marker: RunMarker.omit({ id: true }) }), RunMarker),
  removeMarker: call('removeMarker', runId.extend({ id: z.number().int() }), z.null()),
  series: call('series', runId, z.array(RunSeries)),
  /** Chooses which runs go for good: those that were deleted before `deletedBefore` (epoch ms), and what was left half-gone. Their ids. */
  goDeleted: call('goDeleted', z.object({ deletedBefore: z.number() }), z.array(z.string())),
  /** Chooses these runs, but for those that are kept in any case. The ids of those that go. */
  goChosen: call('goChosen', z.object({ runIds: z.array(z.string()) }), z.array(z.string())),
  /** Removes a bounded part of what goes, or gives a bounded part of the free space back. True: there is more. */
  goOn: call('goOn', z.null(), z.boolean()),
  prunePlan: call(
    'prunePlan',
    Retention,
    z.object({ runs: z.array(RunRow), bytes: z.number(), kept: z.number().int() }),
  ),
  facts: call(
    'facts',
    z.null(),
    z.object({
      bytes: z.number(),
      freeBytes: z.number(),
      runs: z.number().int(),
      deleted: z.number().int(),
      turns: z.number().int(),
      oldest: z.string().nullable(),
    }),
  ),
  /** Takes a run in that nobody sees yet; its batches and series are written like any other's. Gives its id, another one where that is taken. */
  importBegin: call(
    'importBegin',
    z.object({
      run: NewRun,
      imported: ImportedRun,
      note: z.string(),
      markers: z.array(RunMarker.omit({ id: true })),
      notices: z.array(z.string()),
    }),
    z.string(),
  ),
  /** All of it is there: from now on it is seen. */
  importEnd: call(
    'importEnd',
    runId.extend({
      summary: RunSummary.nullable(),
      durationMs: z.number(),
      histograms: z.record(z.string(), z.string()),
      requests: RequestBreakdowns.optional(),
    }),
    RunRow,
  ),
  /** Leaves nothing of a run whose import failed (see `goOn`). */
  importDrop: call('importDrop', runId, z.null()),
  /** Begins a copy into a file that must not be there; one at a time. */
  backupBegin: call('backupBegin', z.object({ file: z.string() }), z.null()),
  /** How far it has come; asked when it is over, it is forgotten. */
  backupState: call(
    'backupState',
    z.null(),
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('working'), done: z.number() }),
      z.object({ state: z.literal('finished') }),
      z.object({ state: z.literal('failed'), error: AppErrorSchema }),
    ]),
  ),
  backupCancel: call('backupCancel', z.null(), z.null()),
} as const;
export type DatabaseCallName = keyof typeof databaseCalls;

const callNames = Object.keys(databaseCalls) as [DatabaseCallName, ...DatabaseCallName[]];

/** From the application to the worker. */
export const ToDatabase = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    /** Path of the database file, or `:memory:`. */
    file: z.string(),
    /** Refuses to let the file grow beyond this many pages of 4 KB; null: as far as the disk goes. */
    maxPages: z.number().int().positive().nullable(),
    /** How long a request waits for another program's lock, in milliseconds. */
    lockWaitMs: z.number().int().min(0),
    /** A file that cannot be opened for a reason that may pass is tried again until it can be. */
    keepTrying: z.boolean(),
  }),
  z.object({ type: z.literal('request'), id: z.number().int(), name: z.enum(callNames), input: z.unknown() }),
  z.object({ type: z.literal('close') }),
]);
export type ToDatabase = z.infer<typeof ToDatabase>;

/** From the worker to the application. */
export const FromDatabase = z.discriminatedUnion('type', [
  /** The file is open. `problems` has a sentence for each waiting part of a run that was not taken in. */
  z.object({ type: z.literal('ready'), problems: z.array(z.string()).default([]) }),
  /** The file cannot be opened yet; requests fail with the same error until `ready`. */
  z.object({ type: z.literal('waiting'), error: AppErrorSchema }),
  z.object({ type: z.literal('boot_error'), error: AppErrorSchema }),
  z.object({ type: z.literal('answer'), id: z.number().int(), value: z.unknown() }),
  z.object({ type: z.literal('failure'), id: z.number().int(), error: AppErrorSchema }),
  /** Another process wrote to the file, or a run's owner was found dead. */
  z.object({ type: z.literal('changed') }),
  /** A request took longer than it should. */
  z.object({ type: z.literal('slow'), name: z.string(), ms: z.number() }),
]);
export type FromDatabase = z.infer<typeof FromDatabase>;

/**
 * A run outside of the history, as Crosstalk writes it and reads it back (docs/exports.md). The full JSON is one
 * document; the archive is a zip whose `run.json` is an `ArchivedRun`, beside files with one record a line. Stamps
 * count from `detail.clock`, as everywhere. Nothing secret is in them. Promised to outside readers: extend, never change.
 */
import { z } from 'zod';
import { ErrorGroup } from './api/runs.ts';
import { BreakdownRow } from './review.ts';
import { requestBreakdowns, RequestRow, RequestStep } from './requests.ts';
import { RunDetail, Sample } from './run.ts';
import { RunSeries } from './series.ts';

export const exportFormat = 'crosstalk-run';
/** A reader refuses what has a greater one. */
export const exportVersion = 1;

/** What the requests of a run refer to, and how they went. Left out where there are none, and by older versions. */
export const ExportedRequests = z.object({
  /** Requests name a step by its `id`. `stage`: of set-up or tear-down, which is no part of the load. */
  steps: z.array(RequestStep.extend({ stage: z.boolean().default(false) })),
  /** ms since the start of the load. */
  periods: z.array(z.object({ name: z.string(), from: z.number(), to: z.number() })),
  breakdowns: z.partialRecord(z.enum(requestBreakdowns), z.array(RequestRow)),
});
export type ExportedRequests = z.infer<typeof ExportedRequests>;

const head = z.object({
  format: z.literal(exportFormat),
  version: z.literal(exportVersion),
  exported_at: z.string(),
  /** Version of the program that wrote it. */
  exported_by: z.string(),
  /** The run with its summary, origin, scenario and environment (masked), note and markers. */
  detail: RunDetail,
  requests: ExportedRequests.optional(),
});

/** Turns by their place in the call, conversation and users entry. */
export const ExportedBreakdowns = z.object({
  turn: z.array(BreakdownRow),
  conversation: z.array(BreakdownRow),
  user: z.array(BreakdownRow),
});

/** HDR histograms (V2 compressed, base64; microseconds) by `metric`, `metric|turn=2`, `metric|conversation=name` or `metric|user=name`. */
export const ExportedHistograms = z.record(z.string(), z.string());

/** The full JSON: all but single turns, calls and errors. */
export const ExportedRun = head.extend({
  histograms: ExportedHistograms,
  /** Every second. */
  samples: z.array(Sample),
  series: z.array(RunSeries),
  breakdowns: ExportedBreakdowns,
  errors: z.array(ErrorGroup),
});
export type ExportedRun = z.infer<typeof ExportedRun>;

/** Files of an archive with one record a line, in order of time: `Sample`, `TurnRecord`, `CallRecord`, `ErrorRecord`, `RunSeries`, `RequestRecord`, `KeptRequest`. */
export const archivedRecords = {
  samples: 'samples.ndjson',
  turns: 'turns.ndjson',
  calls: 'calls.ndjson',
  errors: 'errors.ndjson',
  series: 'series.ndjson',
  requests: 'requests.ndjson',
  kept: 'kept_requests.ndjson',
} as const;
export type ArchivedRecords = keyof typeof archivedRecords;

/** The archive's first file. */
export const archivedRun = 'run.json';
/** The archive's file of `ExportedHistograms`. */
export const archivedHistograms = 'histograms.json';
/** How an archive's name ends. */
export const archiveSuffix = '.crosstalk.zip';

/** `run.json` of an archive. `contains`: how many lines each file has, so that one that was cut is known as such. */
export const ArchivedRun = head.extend({
  contains: z.object({
    samples: z.number().int(),
    turns: z.number().int(),
    calls: z.number().int(),
    errors: z.number().int(),
    series: z.number().int(),
    requests: z.number().int().default(0),
    kept: z.number().int().default(0),
  }),
  breakdowns: ExportedBreakdowns,
});
export type ArchivedRun = z.infer<typeof ArchivedRun>;

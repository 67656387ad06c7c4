/** A run as lists and its screen know it. */
import { z } from 'zod';
import { RunClock } from './runClock.ts';
import { endings, RunSummary, ThresholdResult, verdicts } from './runSummary.ts';

const ms = z.number().nullable();
const rate = z.number().nullable();

export const runStates = ['running', 'stopping', 'finished', 'cut_off'] as const;

/** Where the record of a run comes from: this program, or the results of another tool that were imported. */
export const runSources = ['crosstalk', 'locust', 'azure', 'k6'] as const;
export type RunSource = (typeof runSources)[number];

/** `unclear`: nothing can be said (one of the runs is not trusted, or has too few turns). */
export const comparisonVerdicts = ['regressed', 'improved', 'no_difference', 'unclear'] as const;
export type ComparisonVerdict = (typeof comparisonVerdicts)[number];

/** How a run stands to the baseline of its scenario and environment. */
export const BaselineDelta = z.object({
  baselineId: z.string(),
  /** Its ttfa p95 minus the baseline's, ms. */
  ttfaP95: ms,
  /** Its request p95 minus the baseline's, ms; null where one of the two made no requests. */
  requestP95: ms.default(null),
  /** null: not compared yet. */
  verdict: z.enum(comparisonVerdicts).nullable(),
  /** `ttfa p95 +212 ms (+18 %), more than noise (95 %: +150 … +270 ms, 1,204 and 1,198 turns)`; null: not compared yet. */
  sentence: z.string().nullable(),
});
export type BaselineDelta = z.infer<typeof BaselineDelta>;

/** A run as lists show it. `cut_off` means its owner died: what it had written until then is kept. */
export const RunRow = z.object({
  id: z.string(),
  name: z.string(),
  scenario: z.string(),
  environment: z.string(),
  state: z.enum(runStates),
  startedAt: z.string(),
  durationMs: z.number().nullable(),
  plannedMs: z.number(),
  peakCalls: z.number().int(),
  verdict: z.enum(verdicts).nullable(),
  trusted: z.boolean().nullable(),
  ended: z.enum(endings).nullable(),
  ttfaP50: ms,
  ttfaP95: ms,
  bargeInP95: ms,
  turnSuccess: rate,
  /** Of runs with http or grpc users; null: it has none. */
  requestP95: ms.default(null),
  requestSuccess: rate.default(null),
  requestsPerSecond: rate.default(null),
  errors: z.number().int(),
  tags: z.array(z.string()),
  /** TTFA p95 over time, at most 40 points, for a sparkline. */
  ttfaTrend: z.array(ms),
  /** Request p95 over time, like `ttfaTrend`; empty where no requests were made. */
  requestTrend: z.array(ms).default([]),
  starred: z.boolean().default(false),
  /** Whether somebody wrote a note about it. */
  noted: z.boolean().default(false),
  source: z.enum(runSources).default('crosstalk'),
  /** Whether it is the baseline of its scenario and environment. */
  isBaseline: z.boolean().default(false),
  /** null: there is no baseline, it is the baseline, or it goes on. */
  delta: BaselineDelta.nullable().default(null),
});
export type RunRow = z.infer<typeof RunRow>;

/** Who ran it and where. */
export const RunOrigin = z.object({
  host: z.string(),
  os: z.string(),
  cpus: z.number().int(),
  user: z.string(),
  version: z.string(),
  door: z.enum(['desktop', 'browser', 'cli']),
  gitCommit: z.string().nullable(),
  ciUrl: z.string().nullable(),
  /** The command that does the same from a terminal; null where it is not known (runs of older versions). */
  commandLine: z.string().nullable().default(null),
});
export type RunOrigin = z.infer<typeof RunOrigin>;

/** A moment of a run that somebody, or the program, wrote a line about. */
export const RunMarker = z.object({
  /** From 1 within its run. */
  id: z.number().int(),
  /** Seconds since the start of the load. */
  t: z.number(),
  text: z.string(),
  /** `operator` wrote it; `users`: their number was set by hand. */
  kind: z.enum(['operator', 'users']),
});
export type RunMarker = z.infer<typeof RunMarker>;

/** Where the record of an imported run comes from, and what it does not contain. */
export const ImportedRun = z.object({
  source: z.enum(runSources),
  /** Names of the files, without their folders. */
  files: z.array(z.string()),
  importedAt: z.string(),
  /** One sentence each: what cannot be known from these files. */
  missing: z.array(z.string()),
});
export type ImportedRun = z.infer<typeof ImportedRun>;

/** Everything about one run except its long series. */
export const RunDetail = z.object({
  row: RunRow,
  clock: RunClock,
  seed: z.number().int(),
  origin: RunOrigin,
  /** The scenario as it was (YAML, secrets never filled in). */
  scenarioYaml: z.string(),
  /** The environment as it was (YAML, masked); null where it is not known, or stands in the scenario. */
  environmentYaml: z.string().nullable().default(null),
  applied: z.array(z.string()),
  thresholds: z.array(ThresholdResult),
  summary: RunSummary.nullable(),
  notices: z.array(z.string()),
  note: z.string().default(''),
  markers: z.array(RunMarker).default([]),
  imported: ImportedRun.nullable().default(null),
});
export type RunDetail = z.infer<typeof RunDetail>;

import { z } from 'zod';
import { RunRow } from '../run.ts';
import { call, event } from './define.ts';

/** What files were recognised as. */
export const resultKinds = [
  'crosstalk',
  'locust_csv',
  'locust_json',
  'azure_zip',
  'jtl_csv',
  'k6_summary',
  'k6_ndjson',
] as const;
export type ResultKind = (typeof resultKinds)[number];

export const resultKindNames: Record<ResultKind, string> = {
  crosstalk: 'Crosstalk export',
  locust_csv: 'Locust CSV files',
  locust_json: 'Locust --json',
  azure_zip: 'Azure Load Testing results (zip)',
  jtl_csv: 'JMeter results (JTL CSV)',
  k6_summary: 'k6 summary JSON',
  k6_ndjson: 'k6 NDJSON (--out json)',
};

/** How an import went. */
export const ImportOutcome = z.object({
  row: RunRow,
  kind: z.enum(resultKinds),
  /** What these files do not contain, one sentence each. */
  missing: z.array(z.string()),
  /** What was left out or looked odd (a cut last line, a row without a number), one sentence each. */
  notes: z.array(z.string()),
});
export type ImportOutcome = z.infer<typeof ImportOutcome>;

/** What the files that came in are, before anything is kept. */
export const ResultsFound = z.object({
  /** null: they are no run of anything that is understood, or not of one run alone. */
  kind: z.enum(resultKinds).nullable(),
  /** Why they cannot be imported as they are: what was found, and what would be understood; null: they can. */
  problem: z.string().nullable(),
  /** Each in the order it was chosen. `what`: `statistics of Locust`, `results of one engine` … */
  files: z.array(z.object({ name: z.string(), what: z.string(), understood: z.boolean() })),
  /** What the run is called where nothing else is said. */
  name: z.string(),
  scenario: z.string(),
  environment: z.string(),
});
export type ResultsFound = z.infer<typeof ResultsFound>;

export const ResultImportProgress = z.object({
  id: z.string(),
  state: z.enum(['receiving', 'reading', 'writing', 'finished', 'failed', 'cancelled']),
  /** 0–1 within the state. */
  done: z.number(),
});
export type ResultImportProgress = z.infer<typeof ResultImportProgress>;

/** Results of other tools, and exports of this one, into the history: files come in pieces, several may belong together. */
export const resultsApi = {
  begin: call(
    z.object({
      files: z
        .array(z.object({ name: z.string().max(500), bytes: z.number().int().min(0) }))
        .min(1)
        .max(16),
    }),
    z.object({ id: z.string() }),
  ),
  /** The next piece of a file, base64, at most 1 MB. */
  add: call(z.object({ id: z.string(), file: z.number().int().min(0), data: z.string() }), z.void()),
  /** Looks at what came in: each file as a whole must be there. */
  look: call(z.object({ id: z.string() }), ResultsFound),
  /** Reads what came in and keeps it as a run. What is left out is called as `look` says. */
  finish: call(
    z.object({
      id: z.string(),
      name: z.string().trim().max(200).optional(),
      scenario: z.string().trim().max(200).optional(),
      environment: z.string().trim().max(200).optional(),
    }),
    ImportOutcome,
  ),
  cancel: call(z.object({ id: z.string() }), z.void()),
  progress: event(ResultImportProgress),
};

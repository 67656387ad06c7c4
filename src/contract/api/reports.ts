import { z } from 'zod';
import { call, event } from './define.ts';

/**
 * `html`: one file that needs no network · `locust_csv`: four files with Locust's headers · `turns_csv`: every turn ·
 * `requests_csv`: every request · `summary`: the summary alone · `json`: with full histograms and samples · `archive`: everything, to be imported again ·
 * `k6`: the summary in k6's shape · `junit` · `markdown`.
 */
export const reportKinds = [
  'html',
  'locust_csv',
  'turns_csv',
  'requests_csv',
  'summary',
  'json',
  'archive',
  'k6',
  'junit',
  'markdown',
] as const;
export type ReportKind = (typeof reportKinds)[number];

/** A file that was made and waits to be fetched. `id` is opaque. */
export const MadeFile = z.object({
  id: z.string(),
  name: z.string(),
  mime: z.string(),
  bytes: z.number().int(),
});
export type MadeFile = z.infer<typeof MadeFile>;

export const ReportProgress = z.object({
  runId: z.string(),
  kind: z.enum(reportKinds),
  state: z.enum(['working', 'finished', 'failed', 'cancelled']),
  /** 0–1. */
  done: z.number(),
});
export type ReportProgress = z.infer<typeof ReportProgress>;

const what = z.object({ runId: z.string(), kind: z.enum(reportKinds) });

export const reportsApi = {
  /** Makes files to be fetched in pieces (a browser saves them where it saves downloads); they are gone after `discard` or ten minutes. */
  make: call(what, z.array(MadeFile)),
  /** A piece of a file that was made: base64, at most 1 MB. */
  read: call(
    z.object({ id: z.string(), offset: z.number().int().min(0) }),
    z.object({ data: z.string(), next: z.number().int().nullable() }),
  ),
  discard: call(z.object({ ids: z.array(z.string()) }), z.void()),
  /** Writes them into the workspace's folder `exports`; where they are now. */
  save: call(what, z.object({ folder: z.string(), files: z.array(z.string()) })),
  /** Gives up what is being made of this run. */
  cancel: call(what, z.void()),
  progress: event(ReportProgress),
};

import { z } from 'zod';
import { RunRow } from '../run.ts';
import { call, event } from './define.ts';

/** Which runs to keep; both left out: all. Starred runs and baselines are always kept. */
export const Retention = z.object({
  olderThanDays: z.number().int().min(1).max(3650).nullable().default(null),
  keepNewest: z.number().int().min(1).max(100_000).nullable().default(null),
});
export type Retention = z.infer<typeof Retention>;

/** What went by itself the last time anything did: by the retention, and of what was deleted a week before. */
export const LastRemoval = z.object({
  at: z.string(),
  byRetention: z.number().int(),
  deleted: z.number().int(),
});
export type LastRemoval = z.infer<typeof LastRemoval>;

export const HistoryFacts = z.object({
  file: z.string(),
  /** Of the database with its log, and of that what deleted runs left free. */
  bytes: z.number(),
  freeBytes: z.number(),
  runs: z.number().int(),
  /** Deleted ones that can still be brought back. */
  deleted: z.number().int(),
  turns: z.number().int(),
  oldest: z.string().nullable(),
  recordings: z.object({ folder: z.string(), bytes: z.number(), runs: z.number().int() }),
  /** null: nothing is removed by itself. */
  retention: Retention.nullable(),
  /** When it was last backed up from here, and where to. */
  lastBackup: z.object({ at: z.string(), path: z.string() }).nullable(),
  lastRemoval: LastRemoval.nullable().default(null),
});
export type HistoryFacts = z.infer<typeof HistoryFacts>;

/** What a pruning would remove. */
export const PrunePlan = z.object({
  runs: z.array(RunRow),
  /** What they take in the database, about, and their recordings. */
  bytes: z.number(),
  recordingBytes: z.number(),
  /** Runs that the rule would remove but that are starred or a baseline. */
  kept: z.number().int(),
});
export type PrunePlan = z.infer<typeof PrunePlan>;

export const historyApi = {
  facts: call(z.void(), HistoryFacts),
  /** A consistent copy while runs go on; left out: beside the database, with the date in its name. Never over a file that is there. */
  backup: call(
    z.object({ path: z.string().trim().max(4000).optional() }),
    z.object({ path: z.string(), bytes: z.number() }),
  ),
  cancelBackup: call(z.void(), z.void()),
  prunePlan: call(Retention, PrunePlan),
  /** Removes for good exactly these runs, which a plan named; those that were starred since are left. */
  prune: call(
    z.object({ runIds: z.array(z.string()) }),
    z.object({ removed: z.number().int(), bytes: z.number() }),
  ),
  /** Applied when the app starts and once a day; null: never. */
  setRetention: call(z.object({ retention: Retention.nullable() }), z.void()),
  progress: event(
    z.object({
      what: z.enum(['backup', 'prune']),
      state: z.enum(['working', 'finished', 'failed', 'cancelled']),
      done: z.number(),
    }),
  ),
};

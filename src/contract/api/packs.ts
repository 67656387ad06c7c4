import { z } from 'zod';
import { call, event } from './define.ts';

export const packPurposes = ['azure', 'locust'] as const;

/** What a pack is made of. */
export const PackInput = z.object({
  source: z.discriminatedUnion('kind', [
    /** A listed scenario, by its path. */
    z.object({ kind: z.literal('scenario'), path: z.string() }),
    /** Conversations of the studio, by their ids. */
    z.object({ kind: z.literal('conversations'), ids: z.array(z.string()).min(1) }),
  ]),
  /** Names of those to take; left out: all of the source's. A name it does not have is refused. */
  conversations: z.array(z.string()).min(1).optional(),
  purpose: z.enum(packPurposes),
  /** Shown in Azure, and the name of the folder; left out: the scenario's. */
  name: z.string().trim().max(200).optional(),
  /** Left out: the scenario's own target. */
  url: z.string().trim().max(2000).optional(),
  users: z.number().int().min(1).max(100_000).optional(),
  /** Users a second. */
  spawnRate: z.number().positive().optional(),
  durationMs: z.number().positive().optional(),
  /** Azure's test engines. */
  engineInstances: z.number().int().min(1).max(400).optional(),
  maxTurns: z.number().int().min(1).optional(),
});
export type PackInput = z.infer<typeof PackInput>;
export type PackPurpose = PackInput['purpose'];

export const PackFile = z.object({
  name: z.string(),
  bytes: z.number().int(),
  /** Azure's word for it, and in which archive it goes up (null: by itself). */
  kind: z.enum(['script', 'clip', 'manifest', 'data', 'config', 'readme', 'archive']),
  archive: z.string().nullable(),
});
export type PackFile = z.infer<typeof PackFile>;

/** One limit or condition that was looked at. `error`: the pack cannot be used as it is. */
export const PackCheck = z.object({
  level: z.enum(['ok', 'warning', 'error']),
  text: z.string(),
});
export type PackCheck = z.infer<typeof PackCheck>;

/** A pack as it would be written. */
export const PackPlan = z.object({
  name: z.string(),
  testId: z.string(),
  url: z.string(),
  users: z.number().int(),
  spawnRate: z.number(),
  durationMs: z.number(),
  engineInstances: z.number().int(),
  conversations: z.array(
    z.object({
      name: z.string(),
      turns: z.number().int(),
      durationMs: z.number(),
      missing: z.number().int(),
    }),
  ),
  files: z.array(PackFile),
  totalBytes: z.number().int(),
  checks: z.array(PackCheck),
  /** Empty when it is not for Azure. */
  yaml: z.string(),
  /** What to type, in order. */
  commands: z.array(z.object({ what: z.string(), command: z.string() })),
  /** Where it goes: as asked, else `usualOut`. */
  out: z.string(),
  /** Where it goes unless another place is named. */
  usualOut: z.string(),
});
export type PackPlan = z.infer<typeof PackPlan>;

export const PackProgress = z.object({
  state: z.enum(['preparing', 'speaking', 'writing', 'finished', 'failed', 'cancelled']),
  done: z.number().int(),
  total: z.number().int(),
  detail: z.string().nullable(),
});
export type PackProgress = z.infer<typeof PackProgress>;

/** Where a pack is to go: absolute, or within the workspace's folder of packs. */
const Place = z.string().trim().max(4000).optional();

export const packsApi = {
  /** What would be written; nothing is spoken or written yet. */
  plan: call(PackInput.extend({ out: Place }), PackPlan),
  /** Writes it: a folder, or a zip when `out` ends in .zip. Missing clips are spoken first. Refuses to overwrite what it did not write itself. */
  write: call(
    z.object({ pack: PackInput, out: Place }),
    z.object({ path: z.string(), files: z.number().int(), bytes: z.number().int() }),
  ),
  cancel: call(z.void(), z.void()),
  progress: event(PackProgress),
};

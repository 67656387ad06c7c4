import { z } from 'zod';
import { CheckedTarget, CheckFrame } from '../checks.ts';
import { AppErrorSchema } from '../errors.ts';
import { call, event } from './define.ts';

/** What is to be checked: a scenario's targets (as saved, or as it stands in the editor), or a bare address. */
export const CheckSubject = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('scenario'),
    path: z.string(),
    /** The text in the editor, when it is not what is saved. */
    yaml: z.string().optional(),
    environment: z.string().optional(),
  }),
  /** An environment's targets, spoken to with the bundled conversation. */
  z.object({ kind: z.literal('environment'), name: z.string() }),
  z.object({ kind: z.literal('url'), url: z.string() }),
]);
export type CheckSubject = z.infer<typeof CheckSubject>;

/** A check as it stands: targets and steps in the order they were reached. */
export const CheckReport = z.object({
  checkId: z.string(),
  subject: CheckSubject,
  state: z.enum(['going', 'passed', 'failed', 'cancelled', 'error']),
  /** What is going on, in words. */
  doing: z.string().nullable(),
  targets: z.array(CheckedTarget),
  /** Why it could not be made at all. */
  error: AppErrorSchema.nullable(),
  /** The same from a terminal. */
  commandLine: z.string(),
});
export type CheckReport = z.infer<typeof CheckReport>;

export const checksApi = {
  /** One at a time; not while a run goes on. */
  start: call(CheckSubject, z.object({ checkId: z.string() })),
  cancel: call(z.object({ checkId: z.string() }), z.void()),
  /** The check that goes on, or the last one; null when there was none. */
  last: call(z.void(), CheckReport.nullable()),
  /** Frames of one target (by its place) of a check, from a number on. */
  frames: call(
    z.object({
      checkId: z.string(),
      target: z.number().int().min(0).default(0),
      from: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(5000).default(2000),
    }),
    z.object({ total: z.number().int(), frames: z.array(CheckFrame) }),
  ),
  /** At most some times a second; frames are asked for. */
  progress: event(CheckReport),
};

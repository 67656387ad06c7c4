import { z } from 'zod';
import { call, event } from './define.ts';
import { ScenarioProblem } from './scenarios.ts';

/** An environment of the workspace as lists show it; secrets masked. */
export const EnvironmentEntry = z.object({
  /** Its id: the name of its file without `.yaml`. */
  name: z.string(),
  path: z.string(),
  description: z.string(),
  latency: z.enum(['live', 'mock']),
  /** null: not production. */
  production: z.object({ confirmAbove: z.number().int() }).nullable(),
  guarded: z.boolean(),
  /** Some target's certificate is not verified. */
  unverified: z.boolean(),
  targets: z.array(z.object({ name: z.string(), url: z.string(), protocol: z.string() })),
  problems: z.array(ScenarioProblem),
  /** Placeholders that have no value on this machine, like `${secret:KEY}`. */
  missing: z.array(z.string()),
});
export type EnvironmentEntry = z.infer<typeof EnvironmentEntry>;

/** A token that was found, and when it expires (JSON Web Tokens say so themselves). */
export const TokenExpiry = z.object({
  /** Where it is: `target default, auth` or `header Authorization of target default`. */
  where: z.string(),
  expiresAt: z.string(),
  expired: z.boolean(),
});
export type TokenExpiry = z.infer<typeof TokenExpiry>;

/** What the guard's address said. */
export const GuardReport = z.object({
  passed: z.boolean(),
  /** HTTP status; null when nothing answered. */
  status: z.number().int().nullable(),
  ms: z.number(),
  /** What was expected and what was found, in a sentence. */
  message: z.string(),
});
export type GuardReport = z.infer<typeof GuardReport>;

/** Whether an environment is ready to be aimed at. */
export const EnvironmentProbe = z.object({
  guard: GuardReport.nullable(),
  tokens: z.array(TokenExpiry),
  missing: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type EnvironmentProbe = z.infer<typeof EnvironmentProbe>;

const written = z.object({ name: z.string(), revision: z.string() });

export const environmentsApi = {
  list: call(z.void(), z.array(EnvironmentEntry)),
  read: call(
    z.object({ name: z.string() }),
    z.object({ name: z.string(), path: z.string(), yaml: z.string(), revision: z.string() }),
  ),
  /** What is wrong with a text. */
  check: call(z.object({ yaml: z.string() }), z.object({ problems: z.array(ScenarioProblem) })),
  /** A new file, named after the `name` in it; never over another. */
  create: call(z.object({ yaml: z.string() }), written),
  /** `name`: which one; when the text says another name its file moves along. Error `environment_changed` when somebody else wrote it. */
  save: call(z.object({ name: z.string(), yaml: z.string(), revision: z.string().nullable() }), written),
  duplicate: call(z.object({ name: z.string() }), written),
  remove: call(z.object({ name: z.string() }), z.object({ undo: z.string() })),
  restore: call(z.object({ undo: z.string() }), z.object({ name: z.string() })),
  /** Asks the guard and looks at tokens and placeholders; places no call. */
  probe: call(z.object({ name: z.string() }), EnvironmentProbe),
  /** A file was written, removed, or changed by somebody else. */
  changed: event(z.object({})),
};

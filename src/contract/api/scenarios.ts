import { z } from 'zod';
import { call } from './define.ts';

/** A problem in a scenario: where (1-based) and what is allowed there. */
export const ScenarioProblem = z.object({
  /** The scenario file; or the flag or environment variable that the value came from (then without a line). */
  file: z.string(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  /** Path of the value in the scenario, like `users[0].timeouts.turn`; empty for the whole file. */
  path: z.string(),
  message: z.string(),
});
export type ScenarioProblem = z.infer<typeof ScenarioProblem>;

export const ScenarioEntry = z.object({
  /** Absolute path of the file: its id. */
  path: z.string(),
  name: z.string(),
  environment: z.string(),
  bundled: z.boolean(),
  users: z.number().int(),
  durationMs: z.number(),
  conversations: z.array(z.string()),
  thresholds: z.number().int(),
  /** Set when the file cannot be run as it is. */
  problems: z.array(ScenarioProblem),
});
export type ScenarioEntry = z.infer<typeof ScenarioEntry>;

export const scenariosApi = {
  /** The bundled examples and every scenario file of the workspace. */
  list: call(z.void(), z.array(ScenarioEntry)),
  read: call(z.object({ path: z.string() }), z.object({ path: z.string(), yaml: z.string() })),
};

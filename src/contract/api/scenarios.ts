import { z } from 'zod';
import { call, event } from './define.ts';

/** A problem in a scenario or environment: where (1-based) and what is allowed there. */
export const ScenarioProblem = z.object({
  /** The file; or the flag or environment variable that the value came from (then without a line). */
  file: z.string(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  /** Path of the value in the file, like `users[0].timeouts.turn`; empty for the whole file. */
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
  /** Most users at once. */
  users: z.number().int(),
  durationMs: z.number(),
  /** Executors of its loads, `short` for the short form; empty when the file cannot be read. */
  executors: z.array(z.string()),
  conversations: z.array(z.string()),
  thresholds: z.number().int(),
  /** ISO 8601; null where the file system does not say. */
  modifiedAt: z.string().nullable(),
  /** Set when the file cannot be run as it is. */
  problems: z.array(ScenarioProblem),
});
export type ScenarioEntry = z.infer<typeof ScenarioEntry>;

/** A file as it is read and written. `revision` tells whether somebody else wrote it meanwhile. */
const opened = z.object({
  path: z.string(),
  yaml: z.string(),
  revision: z.string(),
  /** Comes with the program: it can be run and copied, not written. */
  bundled: z.boolean(),
});
export type OpenedScenario = z.infer<typeof opened>;
const written = z.object({ path: z.string(), revision: z.string() });

/** What a load will ask of this machine and of the target, told before the run. */
export const LoadForecast = z.object({
  executors: z.array(z.string()),
  /** Most calls at once. */
  peakCalls: z.number().int(),
  /** At most, without the graceful stop. */
  durationMs: z.number(),
  /** Calls altogether; `exact` when the load itself says how many, else from how long a call will take. */
  calls: z.object({ count: z.number().int(), exact: z.boolean() }),
  /** How long one call takes when the agent answers as expected, ms: an estimate. */
  callMs: z.number(),
  /** At the peak. */
  framesPerSecond: z.number(),
  /** Bytes on the wire each second at the peak, sent and (as expected) received. */
  sentBytesPerSecond: z.number(),
  receivedBytesPerSecond: z.number(),
  /** Against the last calibration of this machine and its limits. */
  machine: z.object({
    judged: z.enum(['fits', 'tight', 'too_much', 'unknown']),
    /** Calls this machine was found to carry; null: it was not calibrated. */
    most: z.number().int().nullable(),
    message: z.string(),
  }),
  /** What should be known besides, like arrivals that will be dropped; absent when there is nothing. */
  notes: z.array(z.string()).optional(),
});
export type LoadForecast = z.infer<typeof LoadForecast>;

/** A template with its load and thresholds. */
export const ScenarioPreset = z.object({
  id: z.string(),
  title: z.string(),
  /** What it is for, in a sentence. */
  text: z.string(),
  yaml: z.string(),
  users: z.number().int(),
  durationMs: z.number(),
  executor: z.string(),
});
export type ScenarioPreset = z.infer<typeof ScenarioPreset>;

export const importKinds = ['env', 'locust', 'k6'] as const;
export type ImportKind = (typeof importKinds)[number];

/** What became of one thing that was imported. */
export const ImportNote = z.object({
  level: z.enum(['taken', 'changed', 'left_out']),
  /** What it was there: a variable, a flag, an option with its value (secrets masked). */
  from: z.string(),
  text: z.string(),
});
export type ImportNote = z.infer<typeof ImportNote>;

export const scenariosApi = {
  /** The bundled examples and every scenario file of the workspace. */
  list: call(z.void(), z.array(ScenarioEntry)),
  read: call(z.object({ path: z.string() }), opened),
  /**
   * What is wrong with a text that is, or will be, at `path` (null: a new file of the workspace), and what its load
   * asks for. `environment`: the one to be aimed at instead of the scenario's own.
   */
  check: call(
    z.object({ path: z.string().nullable(), yaml: z.string(), environment: z.string().optional() }),
    z.object({
      problems: z.array(ScenarioProblem),
      /** What is likely not meant; it can run all the same. */
      warnings: z.array(ScenarioProblem).optional(),
      forecast: LoadForecast.nullable(),
    }),
  ),
  /** A new file of the workspace, named after the scenario; never over another. */
  create: call(z.object({ name: z.string(), yaml: z.string() }), written),
  /** `revision`: the one that was read, or null to write over whatever is there. Error `scenario_changed` when it is another by now. */
  save: call(z.object({ path: z.string(), yaml: z.string(), revision: z.string().nullable() }), written),
  /** Gives the scenario another name, and its file. */
  rename: call(z.object({ path: z.string(), name: z.string().trim().min(1).max(200) }), written),
  /** A copy in the workspace, of a bundled one too. */
  duplicate: call(z.object({ path: z.string() }), written),
  /** To the workspace's trash; `undo` brings it back. */
  remove: call(z.object({ path: z.string() }), z.object({ undo: z.string() })),
  restore: call(z.object({ undo: z.string() }), z.object({ path: z.string() })),
  presets: call(z.void(), z.array(ScenarioPreset)),
  /** Environment variables or a .env file, a Locust command line, or the options of a k6 script → a scenario. Nothing is written. */
  importText: call(
    z.object({ kind: z.enum(['auto', ...importKinds]), text: z.string().max(1_000_000) }),
    z.object({
      kind: z.enum(importKinds),
      name: z.string(),
      yaml: z.string(),
      notes: z.array(ImportNote),
    }),
  ),
  /** A file was written, removed, or changed by somebody else; null: several, or which one is not known. */
  changed: event(z.object({ path: z.string().nullable() })),
};

/** A check of a target: its steps, from the address to an interrupted answer, and every frame of its one call. */
import { z } from 'zod';
import { checkSteps } from './checkSteps.ts';

export { checkStepLabels, checkSteps, type CheckStepName } from './checkSteps.ts';

export const CheckStep = z.object({
  step: z.enum(checkSteps),
  /** `skipped`: not needed here, or not reached because an earlier step failed. */
  status: z.enum(['ok', 'failed', 'skipped']),
  /** How long the step took; null when it was skipped. */
  ms: z.number().nullable(),
  /** What was found, in a few words. */
  detail: z.string(),
  /** A failed step's cause and what to do, in plain language; or a remark on a passed one. */
  advice: z.string().nullable(),
  /** More that was found, one a line: the certificates of the chain, the headers of the upgrade. Secrets masked. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});
export type CheckStep = z.infer<typeof CheckStep>;

/** One frame of the checked call, as it went over the wire. */
export const CheckFrame = z.object({
  /** From 0 within its check. */
  n: z.number().int(),
  /** Since the connection was open, ms. */
  at: z.number(),
  direction: z.enum(['sent', 'received']),
  /** The protocol's own word for it (`AudioData`, `StopAudio`). */
  kind: z.string(),
  /** What it means to the conversation (`audio`, `stop`, `user_transcript` …); `setup` for what opens the session. */
  class: z.string(),
  bytes: z.number().int(),
  /** Of audio: its level, dBFS, and its length; else null. */
  level: z.number().nullable(),
  audioMs: z.number().nullable(),
  /** The message without its audio, at most 20,000 characters; null for audio that says nothing else. */
  text: z.string().nullable(),
});
export type CheckFrame = z.infer<typeof CheckFrame>;

/** What was found out about one target. */
export const CheckedTarget = z.object({
  /** Secrets in it are masked. */
  url: z.string(),
  /** The users entry of the scenario that aims at it; empty for a bare address. */
  user: z.string(),
  /** No step failed; an agent that goes on talking when it is interrupted fails only a scenario that interrupts. */
  passed: z.boolean(),
  steps: z.array(CheckStep),
});
export type CheckedTarget = z.infer<typeof CheckedTarget>;

/** A call that was kept: both sides' audio and every message, for listening to it again. */
import { z } from 'zod';

/** Of a call: one line of its message log. Audio is told in stretches, everything else one by one. */
export const RecordedMessage = z.object({
  /** Stamp on the run's clock; of a stretch its first message. */
  at: z.number(),
  direction: z.enum(['sent', 'received']),
  /** The protocol's own word for it (`AudioData`, `StopAudio`, a status …). */
  kind: z.string(),
  /** What MEASUREMENT.md calls it; null for what was sent. */
  class: z.string().nullable(),
  bytes: z.number().int(),
  /** Messages in this stretch; 1 but for audio. */
  count: z.number().int(),
  /** Of audio: how much, and the level of its loudest message in dBFS. */
  audioMs: z.number().nullable(),
  level: z.number().nullable(),
  /** The message's text, cut at 4,000 characters, audio left out; null for audio and binary messages. */
  text: z.string().nullable(),
});
export type RecordedMessage = z.infer<typeof RecordedMessage>;

/** Why a call was kept: it was among those to be recorded, or it failed, or was one of the slowest of its run. */
export const keptBecause = ['chosen', 'failed', 'slowest'] as const;

/** One connection of a recorded call. */
export const RecordedCall = z.object({
  callId: z.string(),
  attempt: z.number().int(),
  vu: z.number().int(),
  conversation: z.string(),
  /** Stamp of the first sample of both lanes. */
  startedAt: z.number(),
  durationMs: z.number(),
  sampleRate: z.number().int(),
  /** Bytes on disk. */
  bytes: z.number().int(),
  messages: z.number().int(),
  /** Why something is missing from it (the limit was reached, the disk was full); null: it is whole. */
  incomplete: z.string().nullable(),
  why: z.enum(keptBecause).default('chosen'),
  /** Whether there is sound; else it is messages alone. */
  audio: z.boolean().default(true),
});
export type RecordedCall = z.infer<typeof RecordedCall>;

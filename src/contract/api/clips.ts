import { z } from 'zod';
import { ConversationDraft } from '../audio/conversation.ts';
import { call, event } from './define.ts';

/** What is known of one clip. Levels in dBFS, times in ms; `id` is opaque and names it in every other call. */
export const ClipFacts = z.object({
  id: z.string(),
  filename: z.string(),
  folder: z.string(),
  text: z.string().nullable(),
  voice: z.string().nullable(),
  provider: z.string().nullable(),
  durationMs: z.number(),
  /** RMS over its voiced windows; null: nothing is voiced. */
  level: z.number().nullable(),
  peak: z.number(),
  leadingMs: z.number(),
  trailingMs: z.number(),
});
export type ClipFacts = z.infer<typeof ClipFacts>;

/** The audio of one turn as it stands. */
export const TurnAudio = z.object({
  /** `missing`: not spoken yet; `empty`: neither words nor a file; `broken`: see `problem`. */
  state: z.enum(['ready', 'missing', 'empty', 'broken']),
  clip: ClipFacts.nullable(),
  problem: z.string().nullable(),
  /** Lowest and highest of each stretch, alternating, −1…1; at most 400 numbers. */
  peaks: z.array(z.number()),
});
export type TurnAudio = z.infer<typeof TurnAudio>;

/** One clip of a generation. */
export const GenerationItem = z.object({
  conversation: z.string(),
  /** From 1. */
  turn: z.number().int(),
  text: z.string(),
  voice: z.string(),
  state: z.enum(['waiting', 'speaking', 'done', 'failed', 'cancelled']),
  problem: z.string().nullable(),
});
export type GenerationItem = z.infer<typeof GenerationItem>;

export const GenerationState = z.object({
  state: z.enum(['running', 'finished', 'cancelled']),
  /** Clips that existed already and are not among `items`. */
  ready: z.number().int(),
  done: z.number().int(),
  failed: z.number().int(),
  total: z.number().int(),
  items: z.array(GenerationItem),
});
export type GenerationState = z.infer<typeof GenerationState>;

export const findingKinds = [
  'unreadable',
  'wrong_format',
  'odd_length',
  'empty',
  'silent',
  'clipped',
  'too_quiet',
  'too_loud',
  'too_long',
  'leading_silence',
  'trailing_silence',
  'long_pause',
  'missing',
  'orphan',
  'duplicate_name',
  'wrong_hash',
  'bad_line',
] as const;

/** One thing that is wrong with a clip or a manifest, and how it could be mended (null: not by us). */
export const Finding = z.object({
  kind: z.enum(findingKinds),
  severity: z.enum(['error', 'warning']),
  filename: z.string().nullable(),
  message: z.string(),
  mend: z.enum(['normalise', 'trim', 'drop_line', 'adopt', 'cut_odd_byte']).nullable(),
});
export type Finding = z.infer<typeof Finding>;

/** What a folder of clips was found to be. */
export const CacheReport = z.object({
  folder: z.string(),
  writable: z.boolean(),
  /** `crosstalk`, the `original` tool's, or `plain` (no manifest). */
  made: z.enum(['crosstalk', 'original', 'plain']),
  clips: z.array(ClipFacts),
  bytes: z.number(),
  durationMs: z.number(),
  findings: z.array(Finding),
});
export type CacheReport = z.infer<typeof CacheReport>;

export const clipsApi = {
  /** The audio of every turn of a conversation as it stands on screen, saved or not. `id`: of its file, for relative clips. */
  ofConversation: call(
    z.object({ id: z.string().nullable(), draft: ConversationDraft }),
    z.object({ turns: z.array(TurnAudio) }),
  ),
  facts: call(z.object({ clip: z.string() }), ClipFacts),
  /** A stretch of a clip's samples (16-bit little-endian mono, base64); at most 60 s of it at once. */
  audio: call(
    z.object({
      clip: z.string(),
      from: z.number().int().min(0).default(0),
      samples: z.number().int().min(1).max(960_000).default(960_000),
    }),
    z.object({ sampleRate: z.number().int(), totalSamples: z.number().int(), pcm: z.string() }),
  ),
  /** Speaks what is missing in the conversations, four at a time; goes on with the rest when one fails. Refused while another is going on. */
  generate: call(
    z.object({
      conversations: z.array(z.string()).default([]),
      /** One that is not saved yet. */
      draft: z.object({ id: z.string().nullable(), draft: ConversationDraft }).optional(),
      maxTurns: z.number().int().min(1).optional(),
    }),
    GenerationState,
  ),
  cancelGeneration: call(z.void(), z.void()),
  /** The one that is going on, or how the last one of this session ended. */
  generation: call(z.void(), GenerationState.nullable()),
  /** Everything about the clips of a folder; the workspace's own cache when none is named. */
  verify: call(z.object({ folder: z.string().optional() }), CacheReport),
  /** Mends what can be mended and verifies again. */
  mend: call(
    z.object({
      folder: z.string().optional(),
      findings: z.array(z.object({ filename: z.string(), mend: z.string() })).max(10_000),
    }),
    CacheReport,
  ),
  progress: event(GenerationState),
  /** Clips were made, mended or imported. */
  changed: event(z.object({ folder: z.string() })),
};

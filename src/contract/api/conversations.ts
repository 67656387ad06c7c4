import { z } from 'zod';
import { ConversationDraft } from '../audio/conversation.ts';
import { ClipFacts } from './clips.ts';
import { call, event } from './define.ts';

/** A conversation of the studio's list. `id` is opaque. */
export const ConversationEntry = z.object({
  id: z.string(),
  name: z.string(),
  /** `library`: a file of its own, which can be edited; `scenario`: inside a scenario of the workspace or a bundled one. */
  origin: z.enum(['library', 'scenario']),
  /** The scenario's name, or null. */
  scenario: z.string().nullable(),
  bundled: z.boolean(),
  path: z.string(),
  turns: z.number().int(),
  problem: z.string().nullable(),
});
export type ConversationEntry = z.infer<typeof ConversationEntry>;

export const ConversationDocument = z.object({
  entry: ConversationEntry,
  /** Of the file as it was read: a save from an older one is refused. */
  revision: z.string(),
  draft: ConversationDraft,
});
export type ConversationDocument = z.infer<typeof ConversationDocument>;

/** Audio that came in as a file or from the microphone, kept as a recording of the workspace. */
export const SavedRecording = z.object({
  /** Path relative to the library's conversation files: what a turn's `clip` says. */
  clip: z.string(),
  facts: ClipFacts,
  /** What was done to it, in words: converted from 44.1 kHz stereo, trimmed … */
  notes: z.array(z.string()),
});
export type SavedRecording = z.infer<typeof SavedRecording>;

export const conversationsApi = {
  list: call(z.void(), z.array(ConversationEntry)),
  get: call(z.object({ id: z.string() }), ConversationDocument),
  /** Without an id: a new one. Refused (`changed_on_disk`) when the file is not the one that was read, unless `overwrite`. */
  save: call(
    z.object({
      id: z.string().nullable(),
      revision: z.string().nullable(),
      draft: ConversationDraft,
      overwrite: z.boolean().default(false),
    }),
    ConversationDocument,
  ),
  duplicate: call(z.object({ id: z.string() }), ConversationDocument),
  /** Moves it to the library's trash; `restore` with what is answered brings it back. */
  remove: call(z.object({ id: z.string() }), z.object({ trashed: z.string() })),
  restore: call(z.object({ trashed: z.string() }), ConversationDocument),
  /** Conversations of a scenario's YAML, or of a list of conversations, into the library. */
  importYaml: call(
    z.object({
      text: z.string().max(2_000_000),
      filename: z.string().max(1000),
      /** Absolute: where the text's relative paths begin. Left out: the workspace. */
      folder: z.string().max(4000).optional(),
    }),
    z.object({ ids: z.array(z.string()), notes: z.array(z.string()) }),
  ),
  /** A folder of clips (the original tool's too) → one conversation per scenario of its manifest. */
  importFolder: call(
    z.object({ folder: z.string() }),
    z.object({ ids: z.array(z.string()), notes: z.array(z.string()) }),
  ),
  /** A whole scenario around the conversations, as text. */
  exportYaml: call(
    z.object({ ids: z.array(z.string()).min(1), maxTurns: z.number().int().min(1).optional() }),
    z.object({ filename: z.string(), text: z.string() }),
  ),
  /** The same as a new scenario file of the workspace. */
  saveAsScenario: call(
    z.object({ ids: z.array(z.string()).min(1), name: z.string().trim().min(1).max(200) }),
    z.object({ path: z.string() }),
  ),
  /**
   * Brings audio in, in parts of at most 1 MB (base64). `wav`: the bytes of a WAV file; `pcm16k`: of a raw one;
   * `decoded`: 32-bit float samples, interleaved, as the page decoded or recorded them.
   */
  beginRecording: call(
    z.object({
      name: z.string().trim().min(1).max(200),
      bytes: z.number().int().min(1),
      format: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('wav') }),
        z.object({ kind: z.literal('pcm16k') }),
        z.object({
          kind: z.literal('decoded'),
          sampleRate: z.number().min(1000).max(768_000),
          channels: z.number().int().min(1).max(32),
        }),
      ]),
    }),
    z.object({ upload: z.string() }),
  ),
  addToRecording: call(z.object({ upload: z.string(), data: z.string().max(1_500_000) }), z.void()),
  finishRecording: call(
    z.object({
      upload: z.string(),
      /** Cut silence at both ends to 100 ms. */
      trim: z.boolean().default(true),
      /** Bring speech to the level of the other clips. */
      normalise: z.boolean().default(true),
      /** The words that are said, for the manifest. */
      text: z.string().max(5000).default(''),
    }),
    SavedRecording,
  ),
  cancelRecording: call(z.object({ upload: z.string() }), z.void()),
  /** The library changed, here or on disk. */
  changed: event(z.object({})),
};

/** A conversation as its file tells it and as the studio edits it: one into the other and back, nothing lost. */
import { isDeepStrictEqual } from 'node:util';
import { posix, sep } from 'node:path';
import { longestText, mostTurns, type ConversationDraft, type DraftTurn } from '#contract/audio/conversation';
import { fail, ok, type Result } from '#contract/errors';
import { formatDuration } from '#contract/quantities';
import type { Conversation, Voice } from '#contract/scenario/file';
import { valueAt } from '#contract/scenario/shape';

/** The keys of a turn that a draft has fields for; every other one is `kept`. */
const ownKeys = new Set(['name', 'say', 'clip', 'voice', 'pause_before']);
const longestPauseMs = 24 * 3_600_000;

/** A draft's key for the turn at an index: enough to tell rows apart, the same each time a file is read. */
function keyOf(index: number): string {
  return `turn-${index + 1}`;
}

function keptOf(turn: unknown): Record<string, unknown> {
  if (typeof turn !== 'object' || turn === null) return {};
  return Object.fromEntries(Object.entries(turn).filter(([key]) => !ownKeys.has(key)));
}

/** A turn for each file of a `clips` folder; named by its file, as a run's results name it. */
function folderTurns(folder: string, files: readonly string[]): DraftTurn[] {
  return files.map((file, i) => ({
    key: keyOf(i),
    say: null,
    clip: posix.join(folder.split(sep).join('/'), file),
    name: file,
    voice: null,
    pauseBeforeMs: null,
    kept: {},
  }));
}

/**
 * The draft of a conversation.
 * @param raw the same conversation as written, before defaults and units were settled
 * @param files what its `clips` folder holds, if it names one
 */
export function draftOf(
  conversation: Conversation,
  raw: unknown,
  files: readonly string[] = [],
): ConversationDraft {
  const turns =
    conversation.clips === undefined
      ? (conversation.turns ?? []).map((turn, i): DraftTurn => ({
          key: keyOf(i),
          say: turn.say ?? null,
          clip: turn.clip ?? null,
          name: turn.name ?? null,
          voice: turn.voice ?? null,
          pauseBeforeMs: turn.pause_before ?? null,
          kept: keptOf(valueAt(raw, ['turns', i])),
        }))
      : folderTurns(conversation.clips, files);
  return { name: conversation.name, weight: conversation.weight, voice: conversation.voice, turns };
}

function orNull(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

function settledVoice(voice: Voice): Voice {
  if (voice.provider === 'offline') return { provider: 'offline', name: voice.name };
  return {
    provider: 'azure',
    name: voice.name.trim(),
    ...(voice.style === undefined ? {} : { style: voice.style }),
    ...(voice.rate === undefined ? {} : { rate: voice.rate }),
  };
}

/** A microsecond is the least a file can say of a pause. */
function settledPause(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}

/** The draft as a file can hold it: without outer blanks, and nothing where a field is empty. */
export function settled(draft: ConversationDraft): ConversationDraft {
  return {
    name: draft.name.trim(),
    weight: draft.weight,
    voice: settledVoice(draft.voice),
    turns: draft.turns.map((turn) => ({
      key: turn.key,
      say: orNull(turn.say),
      clip: orNull(turn.clip),
      name: orNull(turn.name),
      voice: turn.voice && settledVoice(turn.voice),
      pauseBeforeMs: settledPause(turn.pauseBeforeMs),
      kept: keptOf(turn.kept),
    })),
  };
}

/** Whether two settled turns say the same; their keys do not matter. */
export function sameTurn(a: DraftTurn, b: DraftTurn): boolean {
  return isDeepStrictEqual({ ...a, key: '' }, { ...b, key: '' });
}

/** Whether two drafts say the same once they are settled. */
export function sameDraft(a: ConversationDraft, b: ConversationDraft): boolean {
  const [left, right] = [settled(a), settled(b)];
  return (
    left.name === right.name &&
    left.weight === right.weight &&
    isDeepStrictEqual(left.voice, right.voice) &&
    left.turns.length === right.turns.length &&
    left.turns.every((turn, i) => {
      const other = right.turns[i];
      return other !== undefined && sameTurn(turn, other);
    })
  );
}

/** The same draft with the keys that the sender gave its turns. */
export function withKeysOf(draft: ConversationDraft, sent: ConversationDraft): ConversationDraft {
  return {
    ...draft,
    turns: draft.turns.map((turn, i) => ({ ...turn, key: sent.turns[i]?.key ?? turn.key })),
  };
}

/** A settled turn as a file says it. */
export function turnValue(turn: DraftTurn): Record<string, unknown> {
  return {
    ...(turn.name === null ? {} : { name: turn.name }),
    ...(turn.say === null ? {} : { say: turn.say }),
    ...(turn.clip === null ? {} : { clip: turn.clip }),
    ...(turn.voice === null ? {} : { voice: turn.voice }),
    ...(turn.pauseBeforeMs === null ? {} : { pause_before: formatDuration(turn.pauseBeforeMs) }),
    ...turn.kept,
  };
}

/** A settled draft as a file says it, without the version. */
export function conversationValue(draft: ConversationDraft): Record<string, unknown> {
  return {
    name: draft.name,
    ...(draft.weight === 1 ? {} : { weight: draft.weight }),
    voice: draft.voice,
    turns: draft.turns.map(turnValue),
  };
}

function number(n: number): string {
  return n.toLocaleString('en-US');
}

function turnProblem(turn: DraftTurn): string | null {
  if (turn.say === null && turn.clip === null)
    return 'has neither words nor a clip; write what is said, choose a recording, or remove the turn.';
  if (turn.say !== null && turn.clip !== null) return 'has both words and a clip; keep one of them.';
  if (turn.say !== null && turn.say.length > longestText)
    return `has ${number(turn.say.length)} characters; at most ${number(longestText)} are spoken in one turn, so split it.`;
  if (turn.pauseBeforeMs !== null && turn.pauseBeforeMs > longestPauseMs)
    return 'pauses for more than 24 hours; give it a shorter pause.';
  return null;
}

/** A draft that may be written: settled and whole. Error: `incomplete_conversation`, naming the turn. */
export function wholeDraft(draft: ConversationDraft): Result<ConversationDraft> {
  const refuse = (message: string) => fail('invalid_input', 'incomplete_conversation', message);
  const whole = settled(draft);
  if (whole.name === '') return refuse('The conversation has no name; give it one before it is saved.');
  const named = JSON.stringify(whole.name.length > 60 ? `${whole.name.slice(0, 60)}…` : whole.name);
  if (whole.turns.length === 0)
    return refuse(`${named} has no turns; add what the caller says before it is saved.`);
  if (whole.turns.length > mostTurns)
    return refuse(
      `${named} has ${number(whole.turns.length)} turns; a conversation has at most ${number(mostTurns)}, so split it.`,
    );
  for (const [i, turn] of whole.turns.entries()) {
    const problem = turnProblem(turn);
    if (problem !== null) return refuse(`Turn ${i + 1} of ${named} ${problem}`);
  }
  return ok(whole);
}

/** What can be done to a conversation that is being written. Everything answers a new draft and leaves the old one as it is. */
import type { ConversationDraft, DraftTurn } from '#contract/audio/conversation';
import { mostTurns } from '#contract/audio/limits';

export type Voice = ConversationDraft['voice'];
/** Fields of a turn that the form changes. */
export type TurnChange = Partial<Omit<DraftTurn, 'key' | 'kept'>>;

let lastKey = 0;

/** A key that no other turn of this session has. */
export function freshKey(): string {
  lastKey += 1;
  return `new-${Date.now().toString(36)}-${lastKey}`;
}

/** A turn without words. */
export function emptyTurn(): DraftTurn {
  return {
    key: freshKey(),
    say: '',
    clip: null,
    name: null,
    voice: null,
    pauseBeforeMs: null,
    kept: {},
  };
}

/** A conversation to begin with: one turn to write into. */
export function emptyDraft(name: string): ConversationDraft {
  return { name, weight: 1, voice: { provider: 'offline', name: 'slt' }, turns: [emptyTurn()] };
}

/** `Untitled`, or with the first number that no other name has. */
export function untitled(names: readonly string[]): string {
  const taken = new Set(names);
  if (!taken.has('untitled')) return 'untitled';
  let n = 2;
  while (taken.has(`untitled_${n}`)) n += 1;
  return `untitled_${n}`;
}

/** Where a turn stands; −1: nowhere. */
export function indexOfTurn(draft: ConversationDraft, key: string): number {
  return draft.turns.findIndex((turn) => turn.key === key);
}

/** Whether another turn fits. */
export function hasRoom(draft: ConversationDraft): boolean {
  return draft.turns.length < mostTurns;
}

/** The draft with a turn put in at a place; the same draft when it is full. */
export function insertTurn(draft: ConversationDraft, at: number, turn: DraftTurn): ConversationDraft {
  return hasRoom(draft) ? { ...draft, turns: draft.turns.toSpliced(at, 0, turn) } : draft;
}

/** A copy of a turn below it. */
export function duplicateTurn(
  draft: ConversationDraft,
  key: string,
): { draft: ConversationDraft; copy: string } | null {
  const at = indexOfTurn(draft, key);
  const turn = draft.turns[at];
  if (!turn || !hasRoom(draft)) return null;
  const copy = { ...turn, key: freshKey() };
  return { draft: insertTurn(draft, at + 1, copy), copy: copy.key };
}

/** The draft without a turn. */
export function removeTurn(draft: ConversationDraft, key: string): ConversationDraft {
  return { ...draft, turns: draft.turns.filter((turn) => turn.key !== key) };
}

/** The draft with a turn some places further down (or up); the same draft at either end. */
export function moveTurn(draft: ConversationDraft, key: string, by: number): ConversationDraft {
  const at = indexOfTurn(draft, key);
  const turn = draft.turns[at];
  const to = at + by;
  if (!turn || by === 0 || to < 0 || to >= draft.turns.length) return draft;
  return { ...draft, turns: draft.turns.toSpliced(at, 1).toSpliced(to, 0, turn) };
}

/** The draft with its turns in another order; turns the order does not name keep their place at the end. */
export function orderTurns(draft: ConversationDraft, keys: readonly string[]): ConversationDraft {
  const byKey = new Map(draft.turns.map((turn) => [turn.key, turn]));
  const named = keys.flatMap((key) => byKey.get(key) ?? []);
  const rest = draft.turns.filter((turn) => !keys.includes(turn.key));
  return { ...draft, turns: [...named, ...rest] };
}

/** The draft with a turn changed. */
export function changeTurn(draft: ConversationDraft, key: string, change: TurnChange): ConversationDraft {
  return {
    ...draft,
    turns: draft.turns.map((turn) => (turn.key === key ? { ...turn, ...change } : turn)),
  };
}

/** Whether two drafts would be stored as the same file. Turns that nobody touched are the same objects, so this is quick. */
export function sameDraft(a: ConversationDraft, b: ConversationDraft): boolean {
  if (a === b) return true;
  return (
    a.name === b.name &&
    a.weight === b.weight &&
    sameVoice(a.voice, b.voice) &&
    a.turns.length === b.turns.length &&
    a.turns.every((turn, i) => {
      const other = b.turns[i];
      return other !== undefined && sameTurn(turn, other);
    })
  );
}

function sameTurn(a: DraftTurn, b: DraftTurn): boolean {
  if (a === b) return true;
  return (
    a.say === b.say &&
    a.clip === b.clip &&
    a.name === b.name &&
    a.pauseBeforeMs === b.pauseBeforeMs &&
    (a.voice === b.voice || (a.voice !== null && b.voice !== null && sameVoice(a.voice, b.voice))) &&
    JSON.stringify(a.kept) === JSON.stringify(b.kept)
  );
}

function sameVoice(a: Voice, b: Voice): boolean {
  if (a.provider === 'azure' && b.provider === 'azure')
    return a.name === b.name && (a.style ?? '') === (b.style ?? '') && (a.rate ?? '') === (b.rate ?? '');
  return a.provider === b.provider && a.name === b.name;
}

/** A voice in few words: `slt`, `en-US-JennyMultilingualNeural · chat · +10%`. */
export function voiceText(voice: Voice): string {
  if (voice.provider === 'offline') return voice.name;
  return [voice.name, voice.style, voice.rate].filter(Boolean).join(' · ');
}

/** What a turn has besides what the form shows, as short words: a turn that lets itself be interrupted says `interrupts`. */
export function keptTags(kept: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(kept).map((key) => (key === 'barge_in' ? 'interrupts' : key.replaceAll('_', ' ')));
}

/** A draft as the text of a file: written over what was there, with its comments and the order of its keys. */
import { isDeepStrictEqual } from 'node:util';
import { Document, isCollection, isNode, isScalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import type { ConversationDraft, DraftTurn } from '#contract/audio/conversation';
import { ok, type Result } from '#contract/errors';
import type { ValuePath } from '#contract/scenario/shape';
import type { ScenarioSource } from '../scenarios/source.ts';
import { conversationError, parseConversation, type ParsedConversation } from './conversationText.ts';
import { conversationValue, draftOf, sameDraft, sameTurn, settled, turnValue } from './draft.ts';

/** Long sentences stay on one line. */
const layout = { lineWidth: 0 };

/** Small maps within a turn, or of a voice, stand on one line. */
function inline(document: Document, value: unknown): Node {
  const node = document.createNode(value, { aliasDuplicateObjects: false });
  if (isCollection(node)) node.flow = true;
  return node;
}

function mapOf(document: Document, value: Record<string, unknown>): YAMLMap {
  const map = new YAMLMap(document.schema);
  for (const [key, entry] of Object.entries(value))
    map.set(document.createNode(key), inline(document, entry));
  return map;
}

function listOf(document: Document, turns: readonly DraftTurn[]): YAMLSeq {
  const list = new YAMLSeq(document.schema);
  list.items = turns.map((turn) => mapOf(document, turnValue(turn)));
  return list;
}

/** A settled draft as a map of the document, as it stands in a list of conversations too. */
export function conversationNode(document: Document, draft: ConversationDraft): YAMLMap {
  const { turns: _, ...head } = conversationValue(draft);
  const map = mapOf(document, head);
  map.set(document.createNode('turns'), listOf(document, draft.turns));
  return map;
}

function freshText(draft: ConversationDraft): string {
  const document = new Document({});
  const map = conversationNode(document, draft);
  map.items.unshift(document.createPair('version', 1));
  document.contents = map;
  return document.toString(layout);
}

/** Changes one key of a map and leaves the others, their order and their comments alone. `before`: where a new key goes. */
function put(document: Document, map: YAMLMap, key: string, value: unknown, before: string[] = []): void {
  if (value === undefined) {
    map.delete(key);
    return;
  }
  const existing = map.get(key, true);
  if (isScalar(existing) && (typeof value === 'string' || typeof value === 'number')) {
    existing.value = value;
    return;
  }
  const pair = document.createPair(key, inline(document, value));
  if (map.has(key)) {
    map.set(key, pair.value);
    return;
  }
  const at = map.items.findIndex((item) => isScalar(item.key) && before.includes(String(item.key.value)));
  map.items.splice(at < 0 ? map.items.length : at, 0, pair);
}

function updateTurn(document: Document, map: YAMLMap, was: DraftTurn, turn: DraftTurn): void {
  const [old, next] = [turnValue(was), turnValue(turn)];
  for (const key of new Set([...Object.keys(next), ...Object.keys(old)])) {
    if (!isDeepStrictEqual(old[key], next[key])) put(document, map, key, next[key]);
  }
}

interface OldTurn {
  turn: DraftTurn;
  node: unknown;
}

/** For each new turn the one of the file that it was, so that its comments go with it; null for a new one. */
function origins(old: readonly OldTurn[], turns: readonly DraftTurn[]): (OldTurn | null)[] {
  const found: (OldTurn | null)[] = turns.map(() => null);
  const free = new Set(old);
  const match = (fits: (was: DraftTurn, turn: DraftTurn, i: number) => boolean) => {
    turns.forEach((turn, i) => {
      if (found[i]) return;
      for (const candidate of free) {
        if (!fits(candidate.turn, turn, i)) continue;
        found[i] = candidate;
        free.delete(candidate);
        return;
      }
    });
  };
  match(sameTurn);
  match((was, turn) => was.say === turn.say && was.clip === turn.clip);
  match((was, _turn, i) => old[i]?.turn === was);
  return found;
}

function updateTurns(
  document: Document,
  map: YAMLMap,
  old: readonly DraftTurn[],
  turns: readonly DraftTurn[],
): void {
  const list = map.get('turns');
  if (!(list instanceof YAMLSeq)) {
    map.delete('clips');
    map.delete('turns');
    map.set(document.createNode('turns'), listOf(document, turns));
    return;
  }
  const known = old.map((turn, i) => ({ turn, node: list.items[i] as unknown }));
  list.items = origins(known, turns).map((origin, i) => {
    const turn = turns[i];
    if (turn === undefined) return origin?.node;
    if (!origin) return mapOf(document, turnValue(turn));
    if (sameTurn(origin.turn, turn)) return origin.node;
    if (!(origin.node instanceof YAMLMap)) return mapOf(document, turnValue(turn));
    updateTurn(document, origin.node, origin.turn, turn);
    return origin.node;
  });
  const first: unknown = list.items[0];
  if (isNode(first)) first.spaceBefore = false;
}

/** The file's text with the draft in it, or null when its form does not allow it (an alias of what has changed, say). */
function textOver(
  before: ParsedConversation,
  was: ConversationDraft,
  draft: ConversationDraft,
): string | null {
  const { document } = before.source;
  const { map } = before;
  const rest = ['voice', 'turns', 'clips'];
  if (was.name !== draft.name) put(document, map, 'name', draft.name);
  if (was.weight !== draft.weight) put(document, map, 'weight', draft.weight, rest);
  if (!isDeepStrictEqual(was.voice, draft.voice))
    put(document, map, 'voice', draft.voice, ['turns', 'clips']);
  if (was.turns.length !== draft.turns.length || was.turns.some((turn, i) => !isSame(turn, draft.turns[i])))
    updateTurns(document, map, was.turns, draft.turns);
  try {
    return document.toString(layout);
  } catch {
    return null;
  }
}

function isSame(turn: DraftTurn, other: DraftTurn | undefined): boolean {
  return other !== undefined && sameTurn(turn, other);
}

function says(text: string, files: readonly string[], draft: ConversationDraft): boolean {
  const read = parseConversation('', text);
  if (!('parsed' in read)) return false;
  return sameDraft(draftOf(read.parsed.conversation, read.parsed.raw, files), draft);
}

/** A conversation as text, and the names of the files in its `clips` folder, if it names one. */
export interface WrittenConversation {
  text: string;
  files: readonly string[];
}

/** A conversation of a list within a larger document as the text of a file of its own, comments and all; null where that cannot be done. */
export function textOfPart(
  source: ScenarioSource,
  path: ValuePath,
  files: readonly string[],
): WrittenConversation | null {
  const node: unknown = path.length === 0 ? source.document.contents : source.document.getIn(path, true);
  if (!(node instanceof YAMLMap)) return null;
  const document = new Document({});
  const map: unknown = node.clone();
  if (!(map instanceof YAMLMap)) return null;
  map.flow = false;
  if (!map.has('version')) map.items.unshift(document.createPair('version', 1));
  document.contents = map;
  try {
    return { text: document.toString(layout), files };
  } catch {
    // It holds an alias of something that stands elsewhere in the larger document.
    return null;
  }
}

/**
 * The text of a file that says a whole, settled draft.
 * @param before the file that it is written over, or written like; null for one without a past
 * Error: `invalid_conversation` when a part of a turn that the studio does not edit is not valid.
 */
export function textOfDraft(draft: ConversationDraft, before: WrittenConversation | null): Result<string> {
  const read = before && parseConversation('', before.text);
  if (before && read && 'parsed' in read) {
    const was = settled(draftOf(read.parsed.conversation, read.parsed.raw, before.files));
    if (sameDraft(was, draft)) return ok(before.text);
    const text = textOver(read.parsed, was, draft);
    if (text !== null && says(text, before.files, draft)) return ok(text);
  }
  const fresh = freshText(draft);
  const check = parseConversation(`conversation ${JSON.stringify(draft.name)}`, fresh);
  return 'problems' in check ? conversationError(check.problems) : ok(fresh);
}

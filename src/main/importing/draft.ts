/** The scenario that an import builds up: valid at every moment, because what would make it invalid is not let in. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ImportKind, ImportNote } from '#contract/api/scenarios';
import { CrosstalkError } from '#contract/errors';
import { parseWithSentences } from '#contract/scenario/explain';
import { ScenarioFile } from '#contract/scenario/file';
import { placeholderProblems, scenarioRules } from '#contract/scenario/rules';
import { formatPath, valueAt, type ValuePath } from '#contract/scenario/shape';
import { diskReason } from '../diskReason.ts';
import { bundled } from '../entries.ts';
import { Notes } from './notes.ts';

/** Something to be put into the draft; `undefined` takes out what is there. */
export interface Put {
  path: ValuePath;
  value: unknown;
}

type PlainMap = Record<string, unknown>;

function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a value in plain maps and lists, making those that are missing on the way. */
function setIn(root: PlainMap, path: ValuePath, value: unknown): void {
  let at: PlainMap | unknown[] = root;
  for (const [i, part] of path.entries()) {
    const key = String(part);
    if (i === path.length - 1) {
      if (value === undefined && isMap(at)) Reflect.deleteProperty(at, key);
      else Reflect.set(at, key, value);
      return;
    }
    const child: unknown = Reflect.get(at, key);
    if (isMap(child) || Array.isArray(child)) at = child;
    else {
      const made: PlainMap | unknown[] = typeof path[i + 1] === 'number' ? [] : {};
      Reflect.set(at, key, made);
      at = made;
    }
  }
}

/**
 * The last turn of a call is interrupted by no next one: an interruption there, which only the example conversations
 * have, goes when the number of turns is set.
 */
function settleLastTurns(value: PlainMap): void {
  const users = Array.isArray(value.users) ? value.users : [];
  for (const user of users) {
    const conversations: unknown = valueAt(user, ['conversations']);
    for (const conversation of Array.isArray(conversations) ? conversations : []) {
      const turns: unknown = valueAt(conversation, ['turns']);
      if (!Array.isArray(turns) || turns.length === 0) continue;
      const perCall: unknown = valueAt(user, ['turns_per_call']);
      const count = typeof perCall === 'number' && perCall >= 1 ? Math.floor(perCall) : turns.length;
      const last: unknown = turns[(count - 1) % turns.length];
      if (isMap(last)) Reflect.deleteProperty(last, 'barge_in');
    }
  }
}

/** What is wrong with a scenario, in a sentence; null when nothing is. */
export function problemOf(value: unknown): string | null {
  const parsed = parseWithSentences(ScenarioFile, value);
  const shape = 'problems' in parsed ? parsed.problems : scenarioRules(parsed.value);
  const first = [...shape, ...placeholderProblems(value)][0];
  if (!first) return null;
  const place = formatPath(first.path);
  return place === '' ? first.message : `${place} ${first.message}`;
}

/** The preset whose conversations, load and thresholds stand in for what an import does not say. */
const basePreset = 'baseline.yaml';

function baseValue(): PlainMap {
  const path = bundled('resources', 'presets', basePreset);
  try {
    const value: unknown = parse(readFileSync(path, 'utf8'));
    if (isMap(value)) return value;
  } catch (thrown) {
    throw new CrosstalkError({
      kind: 'unavailable',
      code: 'presets_unreadable',
      message: `${path}, which every import builds upon, cannot be read: ${diskReason(thrown)}. Install Crosstalk again if it is gone.`,
    });
  }
  throw new CrosstalkError({
    kind: 'unavailable',
    code: 'presets_unreadable',
    message: `${path}, which every import builds upon, is no scenario. Install Crosstalk again.`,
  });
}

/** A scenario on its way. It begins as the baseline preset against the practice agent. */
export class ScenarioDraft {
  readonly kind: ImportKind;
  readonly notes = new Notes();
  /** Comments by the path (as text) of what they are about. */
  readonly comments = new Map<string, string[]>();
  readonly #touched = new Set<string>();
  #value: PlainMap;

  /** Throws a `CrosstalkError` when the program's own files cannot be read. */
  constructor(kind: ImportKind, name: string) {
    this.kind = kind;
    this.#value = { ...baseValue(), name };
  }

  get value(): Readonly<PlainMap> {
    return this.#value;
  }

  /** Puts in all of it, or nothing: then the answer is why not, in a sentence. */
  put(puts: readonly Put[]): string | null {
    const next = structuredClone(this.#value);
    for (const { path, value } of puts) setIn(next, path, structuredClone(value));
    settleLastTurns(next);
    const problem = problemOf(next);
    if (problem !== null) return problem;
    this.#value = next;
    for (const { path } of puts) this.#touched.add(formatPath(path));
    return null;
  }

  /**
   * Puts something in and notes it under its name there; when it does not fit, notes that it was left out and why.
   * Returns whether it is in.
   */
  offer(level: ImportNote['level'], from: string, text: string, puts: readonly Put[]): boolean {
    const problem = this.put(puts);
    if (problem !== null) {
      this.notes.leftOut(from, `It does not fit a scenario: ${problem}.`);
      return false;
    }
    this.notes.add(level, from, text);
    const at = puts.at(-1)?.path;
    if (at) this.comment(at, `from ${from}`);
    return true;
  }

  /** Whether anything was put in at a place, or within it. */
  touches(path: ValuePath): boolean {
    const place = formatPath(path);
    return [...this.#touched].some(
      (at) => at === place || at.startsWith(`${place}.`) || at.startsWith(`${place}[`),
    );
  }

  /** Writes a comment beside (or above) what is at a path. */
  comment(path: ValuePath, text: string): void {
    const key = formatPath(path);
    const there = this.comments.get(key) ?? [];
    if (!there.includes(text)) this.comments.set(key, [...there, text]);
  }
}

/** Conversations of a YAML text (a scenario, a list, a single one) into the library. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMap, isSeq } from 'yaml';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { mostTurns } from '#contract/audio/conversation';
import { fail, ok, type Result } from '#contract/errors';
import { nearest } from '#contract/scenario/nearest';
import { placeholderProblems } from '#contract/scenario/rules';
import { placeProblem } from '../scenarios/check.ts';
import { formatProblem } from '../scenarios/problems.ts';
import { parseYamlText, valueOf, type ScenarioSource } from '../scenarios/source.ts';
import { withClips } from './clipPaths.ts';
import { conversationError } from './conversationText.ts';
import { draftOf } from './draft.ts';
import {
  conversationAt,
  conversationsAt,
  conversationsOfScenario,
  turnsOf,
  type ListedConversation,
} from './inScenarios.ts';
import type { Library } from './library.ts';
import { textOfPart } from './written.ts';

/** What an import made, and what the operator should know about it, each a sentence. */
export interface Imported {
  ids: string[];
  notes: string[];
}

export interface YamlToImport {
  text: string;
  /** Stands in messages. */
  filename: string;
  /** Absolute: where the text's relative paths begin; left out: the workspace, where scenarios lie. */
  folder?: string | undefined;
}

const holders = ['users', 'conversations', 'turns', 'clips'];
const mostNamed = 3;

/** The conversations of a text, whatever it is; null when it has none that could be meant. */
function conversationsIn(source: ScenarioSource, value: unknown): ListedConversation[] | null {
  const { contents } = source.document;
  if (isSeq(contents)) return conversationsAt(source, value, []);
  if (!isMap(contents)) return null;
  if (contents.has('users')) return conversationsOfScenario(source, value);
  if (contents.has('conversations')) return conversationsAt(source, value, ['conversations']);
  if (contents.has('turns') || contents.has('clips')) return [conversationAt(source, value, [], 0)];
  return null;
}

function nothingIn(filename: string, source: ScenarioSource, value: unknown): Result<never> {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const slip = keys.flatMap((key) => {
    const meant = nearest(key, holders);
    return meant === null || isSeq(source.document.contents) ? [] : [`did you mean "${meant}" by "${key}"?`];
  });
  const message = `${filename} has no conversations: it needs users (a scenario), conversations (a list) or turns (one conversation)`;
  return fail(
    'invalid_input',
    'no_conversations',
    slip[0] === undefined ? `${message}.` : `${message}; ${slip[0]}`,
  );
}

function problemsOf(source: ScenarioSource, listed: ListedConversation): ScenarioProblem[] {
  const shape = 'problems' in listed.checked ? listed.checked.problems : [];
  const placeholders = placeholderProblems(listed.raw, [...listed.path]);
  return [...shape, ...placeholders.map((problem) => placeProblem(source, problem))];
}

async function missingClips(clips: readonly string[], folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (const clip of new Set(clips)) {
    const path = resolve(folder, clip);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (!there) missing.push(path);
  }
  return missing;
}

function missingNote(name: string, missing: readonly string[]): string {
  const shown = missing.slice(0, mostNamed).join(', ');
  const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : '';
  const what =
    missing.length === 1 ? 'a clip that is not there' : `${missing.length} clips that are not there`;
  const todo =
    missing.length === 1
      ? 'Put it there, or give that turn a recording or words.'
      : 'Put them there, or give those turns a recording or words.';
  return `${JSON.stringify(name)} names ${what}: ${shown}${more}. ${todo}`;
}

/**
 * Brings conversations in. Those that are valid are added even when others are not; the notes then say what is wrong with
 * the others. Errors: `invalid_conversation` when none is valid, `no_conversations`, and those of the library.
 */
export async function importYaml(library: Library, input: YamlToImport): Promise<Result<Imported>> {
  const { text, filename, folder = library.workspace } = input;
  const yaml = parseYamlText(filename, text);
  if ('problems' in yaml) return conversationError(yaml.problems);
  const { source } = yaml;
  const read = valueOf(source);
  if ('problem' in read) return conversationError([read.problem]);
  const listed = conversationsIn(source, read.value);
  if (listed === null || listed.length === 0) return nothingIn(filename, source, read.value);

  const imported: Imported = { ids: [], notes: [] };
  const allProblems: ScenarioProblem[] = [];
  for (const one of listed) {
    const problems = problemsOf(source, one);
    if (problems.length > 0 || !('conversation' in one.checked)) {
      allProblems.push(...problems);
      const said = problems.map(formatProblem).join('; ');
      imported.notes.push(`${JSON.stringify(one.name)} was left out: ${said}.`);
      continue;
    }
    const { conversation } = one.checked;
    const { files, turns, problem } = await turnsOf(conversation, folder);
    if (problem !== null) {
      const short = turns > mostTurns ? problem : `${problem} Copy the folder there and import it again.`;
      imported.notes.push(`${JSON.stringify(one.name)} was left out. ${short}`);
      allProblems.push(placeProblem(source, { path: [...one.path], message: problem }));
      continue;
    }
    const draft = draftOf(conversation, one.raw, files);
    const added = await library.add(draft, folder, textOfPart(source, one.path, files));
    if (!added.ok) return added;
    imported.ids.push(added.value.entry.id);
    const { name } = added.value.entry;
    if (name !== one.name)
      imported.notes.push(
        `There is a conversation ${JSON.stringify(one.name)} already; this one is called ${JSON.stringify(name)}.`,
      );
    const clips: string[] = [];
    withClips(draft, (clip) => {
      clips.push(clip);
      return clip;
    });
    const missing = await missingClips(clips, folder);
    if (missing.length > 0) imported.notes.push(missingNote(name, missing));
  }
  return imported.ids.length === 0 ? conversationError(allProblems) : ok(imported);
}

/** The text of a conversation's file: read with line and column of what is wrong, written so that what was there stays. */
import { isMap, type YAMLMap } from 'yaml';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { ConversationFile } from '#contract/audio/conversation';
import type { Result } from '#contract/errors';
import { parseWithSentences } from '#contract/scenario/explain';
import type { Conversation } from '#contract/scenario/file';
import { placeholderProblems } from '#contract/scenario/rules';
import { placeProblem } from '../scenarios/check.ts';
import { problemsError } from '../scenarios/problems.ts';
import { newerVersion, parseYamlText, valueOf, type ScenarioSource } from '../scenarios/source.ts';

/** A conversation as its file has it. */
export interface ParsedConversation {
  source: ScenarioSource;
  /** The top level of the document. */
  map: YAMLMap;
  conversation: Conversation;
  /** As written: no defaults, quantities as text. */
  raw: unknown;
}

/** Reads a conversation's file. `name` stands in the problems. */
export function parseConversation(
  name: string,
  text: string,
): { parsed: ParsedConversation } | { problems: ScenarioProblem[] } {
  const yaml = parseYamlText(name, text);
  if ('problems' in yaml) return yaml;
  const { source } = yaml;
  const map = source.document.contents;
  if (!isMap(map)) {
    const what = map === null ? 'the file is empty' : 'its top level must be keys and values';
    const message = `this is not a conversation: ${what}; it begins with "version: 1"`;
    return { problems: [{ file: name, line: 1, column: 1, path: '', message }] };
  }
  const newer = newerVersion(source, 'conversation');
  if (newer !== null) return { problems: [newer] };
  const read = valueOf(source);
  if ('problem' in read) return { problems: [read.problem] };
  const checked = parseWithSentences(ConversationFile, read.value);
  const found = ['problems' in checked ? checked.problems : [], placeholderProblems(read.value)].flat();
  if (found.length > 0 || !('value' in checked))
    return { problems: found.map((problem) => placeProblem(source, problem)) };
  return { parsed: { source, map, conversation: checked.value, raw: read.value } };
}

/** One error for what is wrong: the first problem in `message`, each on its own line in `detail`. */
export function conversationError(problems: readonly ScenarioProblem[]): Result<never> {
  const said = problemsError(problems);
  return said.ok ? said : { ok: false, error: { ...said.error, code: 'invalid_conversation' } };
}

/** A whole scenario that can be run around conversations of the studio. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Document, YAMLMap, YAMLSeq, type Node } from 'yaml';
import type { ConversationDraft, DraftTurn } from '#contract/audio/conversation';
import { fail, ok, type Result } from '#contract/errors';
import { practiceEnvironment } from '#contract/scenario/file';
import { valueAt } from '#contract/scenario/shape';
import { checkScenario } from '../scenarios/check.ts';
import { problemsError } from '../scenarios/problems.ts';
import { withSchemaLine } from '../scenarios/schema/workspaceSchemas.ts';
import { largestScenarioBytes, parseScenarioText } from '../scenarios/source.ts';
import { movedBetween } from './clipPaths.ts';
import { diskRefused } from './diskErrors.ts';
import { settled, wholeDraft } from './draft.ts';
import { freeName, slugOf, writeNew } from './fileNames.ts';
import type { Library } from './library.ts';
import { conversationNode } from './written.ts';

const longestName = 200;

/** Long enough to hear several calls, short enough to try. */
const load = { users: 2, spawn_rate: 1, duration: '30s', graceful_stop: '15s' };
const thresholds = [
  { metric: 'ttfa', stat: 'p95', target: '2s', acceptable: '3s' },
  { metric: 'barge_in', stat: 'p95', target: '500ms', acceptable: '1s' },
  { metric: 'connection_success', stat: 'rate', target: '98%', acceptable: '95%' },
  { metric: 'turn_success', stat: 'rate', target: '95%', acceptable: '90%' },
];

export interface ExportRequest {
  ids: readonly string[];
  /** Of each conversation no more than its first turns. */
  maxTurns?: number | undefined;
  /** Left out: the conversations'. */
  name?: string;
}

/** The last turn of a call is interrupted only by words of its own; without them the interruption would never take place. */
function withoutLooseEnd(turns: DraftTurn[]): { turns: DraftTurn[]; dropped: boolean } {
  const last = turns.at(-1);
  const bargeIn = last?.kept.barge_in;
  if (!last || bargeIn === undefined) return { turns, dropped: false };
  if (valueAt(bargeIn, ['say']) !== undefined || valueAt(bargeIn, ['clip']) !== undefined)
    return { turns, dropped: false };
  const { barge_in: _, ...kept } = last.kept;
  return { turns: [...turns.slice(0, -1), { ...last, kept }], dropped: true };
}

function nameFor(drafts: readonly ConversationDraft[]): string {
  const [first, ...others] = drafts;
  const name = first?.name ?? '';
  if (others.length === 0) return name;
  const more = others.length === 1 ? (others[0]?.name ?? '') : `${others.length} more`;
  const both = `${name} and ${more}`;
  return both.length > longestName ? name : both;
}

function onOneLine(document: Document, value: unknown): Node {
  const node = document.createNode(value);
  if (node instanceof YAMLMap) node.flow = true;
  return node;
}

function listOf(document: Document, items: Node[], flow = false): YAMLSeq {
  const list = new YAMLSeq(document.schema);
  list.items = items;
  list.flow = flow;
  return list;
}

function scenarioText(
  name: string,
  drafts: readonly { draft: ConversationDraft; comment: string | null }[],
): string {
  const document = new Document({});
  const conversations = drafts.map(({ draft, comment }) => {
    const node = conversationNode(document, draft);
    if (comment !== null) node.commentBefore = comment;
    return node;
  });
  const callers = new YAMLMap(document.schema);
  callers.set('kind', 'voice');
  callers.set('name', 'callers');
  callers.set('conversations', listOf(document, conversations));
  const scenario = new YAMLMap(document.schema);
  scenario.set('version', 1);
  scenario.set('name', name);
  scenario.set('environment', practiceEnvironment);
  scenario.set('users', listOf(document, [callers]));
  scenario.set('load', onOneLine(document, load));
  scenario.set(
    'thresholds',
    listOf(
      document,
      thresholds.map((row) => onOneLine(document, row)),
    ),
  );
  document.contents = scenario;
  document.commentBefore =
    ' Made in the audio studio. As it stands it calls the practice agent; set environment and load to what you test.';
  return document.toString({ lineWidth: 0 });
}

/**
 * The text of a scenario that can be run as it is from the workspace: against the practice agent, for half a minute, with
 * the default thresholds. Errors: those of the library, `invalid_scenario`, `scenario_too_large`.
 */
export async function exportScenario(
  library: Library,
  request: ExportRequest,
): Promise<Result<{ filename: string; text: string }>> {
  const { ids, maxTurns = Infinity } = request;
  const drafts: { draft: ConversationDraft; comment: string | null }[] = [];
  for (const id of new Set(ids)) {
    const found = await library.get(id);
    if (!found.ok) return found;
    const { draft, folder } = found.value;
    const name = freeName(
      draft.name,
      drafts.map((one) => one.draft.name),
    );
    const cut = withoutLooseEnd(draft.turns.slice(0, maxTurns));
    const moved = movedBetween(
      { ...draft, name, turns: cut.turns },
      folder,
      library.workspace,
      library.workspace,
    );
    const whole = wholeDraft(settled(moved));
    if (!whole.ok) return whole;
    const comment = cut.dropped
      ? ` Its last turn is not interrupted: nothing is said after it. Give its barge_in a "say" or "clip" of its own.`
      : null;
    drafts.push({ draft: whole.value, comment });
  }
  const name = request.name ?? nameFor(drafts.map(({ draft }) => draft));
  const filename = `${slugOf(name, 'scenario')}.yaml`;
  const text = scenarioText(name, drafts);
  if (Buffer.byteLength(text) > largestScenarioBytes)
    return fail(
      'invalid_input',
      'scenario_too_large',
      'These conversations together are more than 1 MB, the most a scenario may have; choose fewer or cap their turns.',
    );
  const parsed = parseScenarioText(filename, text);
  const checked = 'problems' in parsed ? parsed : checkScenario(parsed.source);
  return 'problems' in checked ? problemsError(checked.problems) : ok({ filename, text });
}

/** The same as a new file of the workspace; never over another. Errors as above, and `disk_refused`. */
export async function saveAsScenario(
  library: Library,
  request: ExportRequest & { name: string },
): Promise<Result<{ path: string }>> {
  const made = await exportScenario(library, request);
  if (!made.ok) return made;
  const folder = library.workspace;
  try {
    await mkdir(folder, { recursive: true });
    const text = await withSchemaLine(made.value.text, 'scenario', { workspace: folder });
    const filename = await writeNew(folder, slugOf(request.name, 'scenario'), 'yaml', text);
    return ok({ path: join(folder, filename) });
  } catch (thrown) {
    return diskRefused(`The scenario cannot be saved in ${folder}`, thrown);
  }
}

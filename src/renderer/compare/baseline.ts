/** Marking the run that others of its scenario and environment are compared with. */
import type { RunRow } from '#contract/run';
import { api } from '../api/index.ts';
import { messages } from '../frame/messages.svelte.ts';
import { runList } from '../runs/runList.svelte.ts';

/** Marks a run as the baseline of its scenario and environment, or unmarks it, and says what that did. */
export async function markBaseline(row: RunRow, baseline: boolean): Promise<void> {
  const before = runList.rows.find(
    (other) =>
      other.isBaseline &&
      other.id !== row.id &&
      other.scenario === row.scenario &&
      other.environment === row.environment,
  );
  const answer = await api.runs.setBaseline({ runId: row.id, baseline });
  if (!answer.ok) return messages.error(answer.error);
  const of = `${row.scenario} against ${row.environment}`;
  if (!baseline) {
    messages.offer(`${of} has no baseline any more.`, 'Undo', () => void markBaseline(row, true));
    return;
  }
  const instead = before === undefined ? '' : `, instead of “${before.name}”`;
  messages.offer(
    `“${row.name}” is the baseline of ${of} now${instead}.`,
    'Undo',
    () => void (before === undefined ? markBaseline(row, false) : markBaseline(before, true)),
  );
}

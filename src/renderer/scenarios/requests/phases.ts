/** The names that steps have in a scenario: what thresholds and lists can be narrowed to. Pure. */
import { isPlainMap } from '../../document/plain.ts';
import { isGroup, listIn, stepListsOf, stepName } from './readSteps.ts';

/** What is measured of a step: those of set-up and tear-down count nowhere. */
function measuredLists(scenario: unknown): unknown[] {
  const users = isPlainMap(scenario) ? listIn(scenario.users) : [];
  return users.flatMap(stepListsOf);
}

function entriesOf(list: unknown): unknown[] {
  return listIn(list).flatMap((entry) => (isGroup(entry) ? [entry, ...entriesOf(entry.steps)] : [entry]));
}

function once(names: readonly unknown[]): string[] {
  return [...new Set(names.filter((name) => typeof name === 'string' && name.trim() !== ''))].map(String);
}

/** Every phase once, in the order of the document. */
export function phasesIn(scenario: unknown): string[] {
  const entries = measuredLists(scenario).flatMap(entriesOf);
  return once(entries.map((entry) => (isPlainMap(entry) ? entry.phase : undefined)));
}

export function groupNamesIn(scenario: unknown): string[] {
  const entries = measuredLists(scenario).flatMap(entriesOf);
  return once(entries.map((entry) => (isGroup(entry) ? entry.group : undefined)));
}

/** As results call them. */
export function stepNamesIn(scenario: unknown): string[] {
  const entries = measuredLists(scenario).flatMap(entriesOf);
  return once(entries.filter((entry) => !isGroup(entry)).map(stepName));
}

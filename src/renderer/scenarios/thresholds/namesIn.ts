/** The names in a scenario that a threshold can be narrowed to. Pure. */
import { valueAt } from '#contract/scenario/shape';
import { listOf, mapOf } from '../load/readLoad.ts';
import { groupNamesIn, phasesIn, stepNamesIn } from '../requests/phases.ts';
import { userNames } from '../load/loadPlaces.ts';

export interface ScenarioNames {
  conversations: string[];
  users: string[];
  periods: string[];
  /** As results call them. */
  steps: string[];
  phases: string[];
  groups: string[];
}

function named(entries: unknown): string[] {
  return listOf(entries).flatMap((entry) => {
    const name = mapOf(entry)?.name;
    return typeof name === 'string' && name !== '' ? [name] : [];
  });
}

/** Each name once, in the order of the document. */
export function namesIn(value: unknown): ScenarioNames {
  const users = listOf(valueAt(value, ['users']));
  return {
    conversations: [...new Set(users.flatMap((entry) => named(mapOf(entry)?.conversations)))],
    users: [...new Set(userNames(value))],
    periods: [...new Set(named(valueAt(value, ['periods'])))],
    steps: stepNamesIn(value),
    phases: phasesIn(value),
    groups: groupNamesIn(value),
  };
}

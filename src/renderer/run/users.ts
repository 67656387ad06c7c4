import { mostUsers } from '#contract/run';
import { parse } from 'yaml';

/** A number of users as it was typed, thousands separated or not; null when it is none that can be asked for. */
export function readUsers(text: string): number | null {
  const digits = text.trim().replace(/(?<=\d)[,\u202f\u00a0 ](?=\d{3}(?!\d))/g, '');
  if (!/^\d{1,9}$/.test(digits)) return null;
  const users = Number(digits);
  return users <= mostUsers ? users : null;
}

/** So many more or fewer users, within what can be asked for. */
export function changedUsers(users: number, by: number): number {
  return Math.min(mostUsers, Math.max(0, users + by));
}

/** How many entries of users a scenario has, by its YAML as the run kept it; 0 where that cannot be read. */
export function usersOf(scenarioYaml: string): number {
  try {
    const document: unknown = parse(scenarioYaml);
    const users =
      typeof document === 'object' && document !== null && 'users' in document ? document.users : null;
    return Array.isArray(users) ? users.length : 0;
  } catch {
    return 0;
  }
}

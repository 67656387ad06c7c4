/** What must hold of loads, and between them and their users. */
import type { ValueProblem } from '../explain.ts';
import type { ScenarioFile, Threshold } from '../file.ts';
import { arrivalsInAll, loadsOf, peakUsers } from '../load.ts';
import type { Path } from './words.ts';

/** Each users entry has exactly one load, and each load asks for something. */
export function loads(file: ScenarioFile): ValueProblem[] {
  const problems: ValueProblem[] = [];
  if (file.load === undefined) {
    const none = file.users.every((user) => user.load === undefined);
    if (none) return [{ path: [], message: '"load" is missing' }];
    file.users.forEach((user, i) => {
      if (user.load !== undefined) return;
      const message = 'has no load, and the scenario has none for all; give it one, or write one for all';
      problems.push({ path: ['users', i], message });
    });
  }
  file.users.forEach((user, i) => {
    if (file.load !== undefined && user.load !== undefined) {
      const message = 'the scenario has a load for all already; remove that one or this one';
      problems.push({ path: ['users', i, 'load'], message });
    }
    if (user.start_after > 0 && user.load === undefined) {
      const message = 'is for a users entry with a load of its own';
      problems.push({ path: ['users', i, 'start_after'], message });
    }
  });
  const all = loadsOf(file);
  for (const { load, profile, users } of all) {
    const path: Path = file.load === undefined ? ['users', users[0] ?? 0, 'load'] : ['load'];
    if (profile.kind === 'breaking-point' && all.length > 1) {
      const message = 'a search for the breaking point must be the only load of a scenario';
      problems.push({ path: [...path, 'executor'], message });
    }
    if (profile.kind === 'breaking-point' && !file.thresholds.some(saysWhenItBreaks)) {
      const message = 'a search for the breaking point needs thresholds: they say when it is reached';
      problems.push({ path: [...path, 'executor'], message });
    }
    if (peakUsers(profile) === 0) {
      problems.push({ path, message: 'asks for no users at any moment' });
    }
    if (profile.kind === 'arrivals' && arrivalsInAll(profile) === 0) {
      const message = 'asks for no call: its rate does not come to a whole one in its duration';
      problems.push({ path, message });
    }
    if (profile.kind === 'users') continue;
    for (const i of users) {
      const user = file.users[i];
      const key = user?.kind === 'voice' ? 'calls_per_user' : 'iterations_per_user';
      const calls = user?.kind === 'voice' ? user.calls_per_user : user?.iterations_per_user;
      if (calls === undefined || calls === 'forever') continue;
      const executor = 'executor' in load ? load.executor : 'the load';
      const message = `a number goes with constant-vus and ramping-vus only; ${executor} says itself how many calls there are`;
      problems.push({ path: ['users', i, key], message });
    }
  }
  return problems;
}

/** Thresholds on the number of calls that is held only judge what was found. */
function saysWhenItBreaks({ enabled, metric }: Threshold): boolean {
  return enabled && metric !== 'calls_held';
}

/** How many requests a load will make, as far as it says so. */
import type { RequestUser, ScenarioFile } from '#contract/scenario/file';
import { peakUsers, rateAt, type ScenarioLoad } from '#contract/scenario/load';

type Steps = NonNullable<RequestUser['steps']>;

/** Requests of a list of steps and the time spent in pauses, on average. */
function ofSteps(steps: Steps): { requests: number; pauseMs: number } {
  const sum = { requests: 0, pauseMs: 0 };
  for (const entry of steps) {
    const inGroup = 'steps' in entry;
    const { repeat = 1, probability = 1 } = inGroup ? entry : {};
    const times = probability * (typeof repeat === 'number' ? repeat : (repeat.from + repeat.to) / 2);
    for (const step of inGroup ? entry.steps : [entry]) {
      sum.requests += times;
      if (step.pause_after) sum.pauseMs += (times * (step.pause_after.from + step.pause_after.to)) / 2;
    }
  }
  return sum;
}

/** One iteration on average: its requests, and how long it waits at least. */
function ofIteration(user: RequestUser): { requests: number; idleMs: number } {
  const tasks = user.tasks ?? [{ weight: 1, steps: user.steps ?? [] }];
  const weights = tasks.reduce((sum, { weight }) => sum + weight, 0);
  const wait = (user.wait.from + user.wait.to) / 2;
  return tasks.reduce(
    (sum, { weight, steps }) => {
      const made = ofSteps(steps);
      const share = weight / weights;
      return { requests: sum.requests + share * made.requests, idleMs: sum.idleMs + share * made.pauseMs };
    },
    { requests: 0, idleMs: wait },
  );
}

function figure(value: number): string {
  return value >= 10 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2)));
}

/** The highest rate of arrivals, a second. */
function peakRate({ profile }: ScenarioLoad): number | null {
  if (profile.kind !== 'arrivals') return null;
  let at = 0;
  return profile.stages.reduce((most, { durationMs }) => {
    at += durationMs;
    return Math.max(most, rateAt(profile, at));
  }, profile.startRate);
}

/**
 * What http and grpc users of a load will make at its peak, in a sentence; null: it has none. Of arrivals it is exact but
 * for what is by chance; of users only the most they could make is known, if answers took no time.
 */
export function requestNote(file: ScenarioFile, load: ScenarioLoad): string | null {
  const all = load.users.flatMap((i) => file.users[i] ?? []);
  const users = all.filter((user) => user.kind !== 'voice');
  if (users.length === 0) return null;
  const weights = all.reduce((sum, { weight }) => sum + weight, 0);
  const rate = peakRate(load);
  if (rate !== null) {
    const requests = users.reduce(
      (sum, user) => sum + (user.weight / weights) * ofIteration(user).requests,
      0,
    );
    return `About ${figure(rate * requests)} requests a second at the peak: ${figure(rate)} arrivals of ${figure(requests)} requests each.`;
  }
  const most = users.reduce((sum, user) => {
    const { requests, idleMs } = ofIteration(user);
    return idleMs === 0 ? Infinity : sum + ((user.weight / weights) * requests * 1000) / idleMs;
  }, 0);
  const peak = Math.max(
    1,
    Math.round((peakUsers(load.profile) * users.reduce((s, u) => s + u.weight, 0)) / weights),
  );
  const who = `${figure(peak)} user${peak === 1 ? '' : 's'} at once`;
  return Number.isFinite(most)
    ? `At most ${figure(most * peakUsers(load.profile))} requests a second from ${who}; the longer answers take, the fewer.`
    : `${who.charAt(0).toUpperCase()}${who.slice(1)} make requests as fast as they are answered: they have no wait.`;
}

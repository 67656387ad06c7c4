/** The load of a pack: a number of users, how fast they come, for how long. */
import type { PackCheck, PackInput } from '#contract/api/packs';
import { formatDuration } from '#contract/quantities';
import type { Load, ScenarioFile } from '#contract/scenario/file';
import { loadsOf, peakOf, peakUsers, plannedMs, toLoadProfile } from '#contract/scenario/load';

export interface PackLoad {
  users: number;
  /** Users a second. */
  spawnRate: number;
  /** Whole seconds. */
  durationMs: number;
  engineInstances: number;
  checks: PackCheck[];
}

/**
 * Calls that one Locust process carries with room to spare: it uses one core, and at 50 frames a second for each call
 * the frames of more would leave late (docs/packs.md has the measurement).
 */
export const usersPerProcess = 80;
/** Locust itself warns that more users a second disturb what it measures. */
const mostSpawnedPerSecond = 100;

/** What was asked for over what the scenario says. */
export function packLoad(file: ScenarioFile, input: PackInput): PackLoad {
  const loads = loadsOf(file);
  const users = input.users ?? peakOf(file);
  const durationMs = Math.ceil((input.durationMs ?? plannedMs(file)) / 1000) * 1000;
  const own = Math.max(0, ...loads.map(({ load }) => ownSpawnRate(load)));
  const spawnRate = input.spawnRate ?? Math.min(users, mostSpawnedPerSecond, own);
  const engineInstances = input.engineInstances ?? Math.min(400, Math.ceil(users / usersPerProcess));
  const checks: PackCheck[] = [];
  const shaped: string[] = loads.flatMap(({ load }) =>
    'executor' in load && load.executor !== 'constant-vus' ? [load.executor] : [],
  );
  if (loads.length > 1) shaped.push('a load for each users entry');
  if (shaped.length > 0 && input.users === undefined) {
    const text = `The scenario's load (${shaped.join(', ')}) becomes ${users} users, ${round(spawnRate)} more each second, for ${formatDuration(durationMs)}: Locust's own load has no further steps.`;
    checks.push({ level: 'warning', text });
  }
  return { users, spawnRate: round(spawnRate), durationMs, engineInstances, checks };
}

function round(rate: number): number {
  return Number(rate.toPrecision(3));
}

/** How fast the scenario's load reaches its peak. */
function ownSpawnRate(load: Load): number {
  if (!('executor' in load)) return load.spawn_rate ?? Number.POSITIVE_INFINITY;
  if (load.executor === 'constant-vus') return Number.POSITIVE_INFINITY;
  const profile = toLoadProfile(load);
  if (profile.kind !== 'users') return Number.POSITIVE_INFINITY;
  const peak = peakUsers(profile);
  let ms = 0;
  if (profile.startUsers === peak) return Number.POSITIVE_INFINITY;
  for (const stage of profile.stages) {
    ms += stage.durationMs;
    if (stage.target === peak) break;
  }
  return ms > 0 ? (peak - profile.startUsers) / (ms / 1000) : Number.POSITIVE_INFINITY;
}

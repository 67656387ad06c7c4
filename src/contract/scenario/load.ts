import type { Load } from './file.ts';

/** A step of the number of virtual users: linear from what it was to `target` over `durationMs`. */
export interface VuStage {
  target: number;
  durationMs: number;
}

/** Every load of virtual users in one form: where it starts and its ramps. */
export interface VuProfile {
  startUsers: number;
  stages: VuStage[];
  gracefulStopMs: number;
}

/** The short form and the executors of virtual users → one profile. A ramp longer than the duration is cut off by it. */
export function toVuProfile(load: Load): VuProfile {
  const gracefulStopMs = load.graceful_stop;
  if ('executor' in load) {
    if (load.executor === 'constant-vus') {
      return {
        startUsers: load.users,
        stages: [{ target: load.users, durationMs: load.duration }],
        gracefulStopMs,
      };
    }
    return {
      startUsers: load.start_users,
      stages: load.stages.map((s) => ({ target: s.target, durationMs: s.duration })),
      gracefulStopMs,
    };
  }
  if (load.spawn_rate === undefined) {
    return {
      startUsers: load.users,
      stages: [{ target: load.users, durationMs: load.duration }],
      gracefulStopMs,
    };
  }
  const rampMs = (load.users / load.spawn_rate) * 1000;
  if (rampMs >= load.duration) {
    const reached = Math.max(1, Math.floor((load.spawn_rate * load.duration) / 1000));
    return { startUsers: 0, stages: [{ target: reached, durationMs: load.duration }], gracefulStopMs };
  }
  return {
    startUsers: 0,
    stages: [
      { target: load.users, durationMs: rampMs },
      { target: load.users, durationMs: load.duration - rampMs },
    ],
    gracefulStopMs,
  };
}

/** Length of the profile without the graceful stop, in milliseconds. */
export function profileDurationMs(profile: VuProfile): number {
  return profile.stages.reduce((sum, s) => sum + s.durationMs, 0);
}

/** Most users the profile asks for at any moment. */
export function peakUsers(profile: VuProfile): number {
  return Math.max(profile.startUsers, ...profile.stages.map((s) => s.target));
}

/**
 * Users asked for at a moment after the start. While ramping up the next user starts as soon as its
 * share of the ramp begins (ceil), so that the first call does not wait for a whole step; ramping down is its mirror.
 */
export function usersAt(profile: VuProfile, ms: number): number {
  let from = profile.startUsers;
  let at = 0;
  for (const stage of profile.stages) {
    if (ms < at + stage.durationMs) {
      const exact = from + ((stage.target - from) * (ms - at)) / stage.durationMs;
      return stage.target > from ? Math.min(stage.target, Math.floor(exact) + 1) : Math.ceil(exact);
    }
    at += stage.durationMs;
    from = stage.target;
  }
  return from;
}

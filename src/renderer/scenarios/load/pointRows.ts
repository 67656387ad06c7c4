/** The stages of a ramp, or the steps of a search, as rows of a table. Pure. */
import { formatDuration, formatElapsed, parseDuration } from '#contract/units';
import { listOf, mapOf, msOf } from './readLoad.ts';

/** What a load is a list of. */
export type PointList = 'stages' | 'steps';

/** Which list a load has; null: none. */
export function pointListOf(written: unknown): PointList | null {
  const executor = mapOf(written)?.executor;
  if (executor === 'breaking-point') return 'steps';
  return executor === 'ramping-vus' || executor === 'ramping-arrival-rate' ? 'stages' : null;
}

/** When each stage is, `00:10 – 05:10`; null from the first one on whose length is not known. */
export function stageTimes(stages: readonly unknown[]): (string | null)[] {
  let at: number | null = 0;
  return stages.map((stage) => {
    const from = at;
    const ms = msOf(mapOf(stage)?.duration);
    at = from === null || ms === null ? null : from + ms;
    return from === null || at === null ? null : `${formatElapsed(from)} – ${formatElapsed(at)}`;
  });
}

/** The stage that is added behind a list: as high and as long as the last. */
export function nextStage(stages: readonly unknown[]): { target: number; duration: string } {
  const last = mapOf(stages.at(-1));
  const target = last?.target;
  const duration = last?.duration;
  return {
    target: typeof target === 'number' ? target : 10,
    duration:
      typeof duration === 'string' && (parseDuration(duration) ?? 0) > 0 ? duration : formatDuration(60_000),
  };
}

/** The step that is added behind a list: as far above the last as that is above the one before it. */
export function nextUsersStep(steps: readonly unknown[]): number {
  const numbers = listOf(steps).filter((step): step is number => typeof step === 'number');
  const last = numbers.at(-1) ?? 0;
  const before = numbers.at(-2) ?? 0;
  return last > 0 ? last + Math.max(1, last - before) : 10;
}

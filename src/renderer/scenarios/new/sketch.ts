/** The shape of a load as a small drawing: what it asks for over time, without numbers. Pure. */
import { type LoadProfile, stepRamp } from '#contract/scenario/load';

type Point = [ms: number, level: number];

function staged(start: number, stages: readonly { target: number; durationMs: number }[]): Point[] {
  let at = 0;
  return [
    [0, start],
    ...stages.map((stage): Point => {
      at += stage.durationMs;
      return [at, stage.target];
    }),
  ];
}

/** What a load asks for over time: users, or calls begun each second. Iterations are drawn as long as they may take. */
export function levels(profile: LoadProfile): Point[] {
  switch (profile.kind) {
    case 'users':
      return staged(profile.startUsers, profile.stages);
    case 'arrivals':
      return staged(profile.startRate, profile.stages);
    case 'iterations':
      return [
        [0, profile.users],
        [profile.maxDurationMs, profile.users],
      ];
    case 'breaking-point': {
      let at = 0;
      const points: Point[] = [[0, 0]];
      profile.steps.forEach((users, i) => {
        at += stepRamp(profile, profile.steps[i - 1] ?? 0, users);
        points.push([at, users]);
        at += profile.holdMs;
        points.push([at, users]);
      });
      return points;
    }
  }
}

export interface Sketch {
  /** The line along the top. */
  line: string;
  /** The same closed to the ground, to be filled. */
  area: string;
}

/** The two paths of a drawing of so many pixels; the line keeps one pixel off the edge so that it is not cut. */
export function sketch(profile: LoadProfile, width: number, height: number): Sketch {
  const points = levels(profile);
  const longest = Math.max(1, ...points.map(([ms]) => ms));
  const most = Math.max(Number.MIN_VALUE, ...points.map(([, level]) => level));
  const x = (ms: number) => Number(((ms / longest) * width).toFixed(1));
  const y = (level: number) => Number((height - (level / most) * (height - 2)).toFixed(1));
  const corners = points.map(([ms, level]) => `${x(ms)} ${y(level)}`);
  const [first = `0 ${height}`, ...rest] = corners;
  const last = points.at(-1)?.[1] ?? 0;
  const end = last > 0 ? ` L${width} ${height}` : '';
  const line = `M0 ${height} L${[first, ...rest].join(' L')}${end}`;
  return { line, area: `${line} L${width} ${height} Z` };
}

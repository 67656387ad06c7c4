import type { GeneratorHealth } from './run.ts';

/** Where the generator is strained, and where its numbers can no longer be trusted (MEASUREMENT: the generator's own honesty). Milliseconds; shares 0–1. */
export const generatorLimits = {
  latenessP99: { strained: 5, overloaded: 10 },
  eventLoop: { strained: 0.7, overloaded: 0.85 },
  loopDelay: { strained: 25, overloaded: 50 },
} as const;

/** Event-loop utilisation is judged over this many seconds: one busy second at the start of a run is no bottleneck. */
export const eventLoopWindow = 5;

/** How the generator fares, as one word for a status line. */
export const generatorWords = ['healthy', 'strained', 'overloaded'] as const;
export type GeneratorWord = (typeof generatorWords)[number];

/** The word for one second, and what is wrong in few words each; nothing while healthy. */
export function generatorState(health: GeneratorHealth): { word: GeneratorWord; reasons: string[] } {
  const reasons: Record<'strained' | 'overloaded', string[]> = { strained: [], overloaded: [] };
  const weigh = (value: number, limit: { strained: number; overloaded: number }, text: string) => {
    if (value > limit.overloaded) reasons.overloaded.push(text);
    else if (value > limit.strained) reasons.strained.push(text);
  };
  const lateness = health.latenessP99 ?? 0;
  weigh(lateness, generatorLimits.latenessP99, `frames sent ${lateness.toFixed(1)} ms late (p99)`);
  weigh(
    health.eventLoop,
    generatorLimits.eventLoop,
    `event loop ${(health.eventLoop * 100).toFixed(0)} % busy`,
  );
  weigh(
    health.loopDelay,
    generatorLimits.loopDelay,
    `event loop blocked for ${health.loopDelay.toFixed(0)} ms`,
  );
  if (health.slipped > 0) reasons.overloaded.push(`${health.slipped} calls fell behind their schedule`);
  const all = [...reasons.overloaded, ...reasons.strained];
  return {
    word: reasons.overloaded.length > 0 ? 'overloaded' : all.length > 0 ? 'strained' : 'healthy',
    reasons: all,
  };
}

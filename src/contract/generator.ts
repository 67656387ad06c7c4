import type { GeneratorHealth } from './run.ts';

/** How the generator fares, as one word for a status line; the limits are MEASUREMENT.md's. */
export const generatorWords = ['steady', 'strained', 'overloaded'] as const;
export type GeneratorWord = (typeof generatorWords)[number];

/** `overloaded` second by second is what makes a run untrusted; `strained` is a warning. */
export function generatorWord(health: GeneratorHealth): GeneratorWord {
  const lateness = health.latenessP99 ?? 0;
  if (health.slipped > 0 || lateness > 10 || health.eventLoop > 0.85 || health.loopDelay > 50)
    return 'overloaded';
  return lateness > 5 || health.eventLoop > 0.7 || health.loopDelay > 25 ? 'strained' : 'steady';
}

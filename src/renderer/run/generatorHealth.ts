/** The generator's own state in one word, by the limits of the measurement definitions. */
import type { GeneratorHealth } from '#contract/run';

export type HealthWord = 'Healthy' | 'Strained' | 'Overloaded';

export const healthLimits = {
  latenessP99: { strained: 5, overloaded: 10 },
  eventLoop: { strained: 0.7, overloaded: 0.85 },
  loopDelay: { overloaded: 50 },
} as const;

export interface HealthReport {
  word: HealthWord;
  /** What is wrong, each in few words; empty while healthy. */
  reasons: string[];
}

/** Healthy below all limits, overloaded above the ones that make a run untrusted, strained between. */
export function generatorHealth(generator: GeneratorHealth): HealthReport {
  const strained: string[] = [];
  const overloaded: string[] = [];
  const lateness = generator.latenessP99 ?? 0;
  const late = `frames sent ${lateness.toFixed(1)} ms late (p99)`;
  if (lateness > healthLimits.latenessP99.overloaded) overloaded.push(late);
  else if (lateness > healthLimits.latenessP99.strained) strained.push(late);
  const busy = `event loop ${(generator.eventLoop * 100).toFixed(0)} % busy`;
  if (generator.eventLoop > healthLimits.eventLoop.overloaded) overloaded.push(busy);
  else if (generator.eventLoop > healthLimits.eventLoop.strained) strained.push(busy);
  if (generator.loopDelay > healthLimits.loopDelay.overloaded) {
    overloaded.push(`event loop blocked for ${generator.loopDelay.toFixed(0)} ms`);
  }
  if (generator.slipped > 0) overloaded.push(`${generator.slipped} calls fell behind their schedule`);
  if (overloaded.length > 0) return { word: 'Overloaded', reasons: [...overloaded, ...strained] };
  return strained.length > 0 ? { word: 'Strained', reasons: strained } : { word: 'Healthy', reasons: [] };
}

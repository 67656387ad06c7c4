/** The generator's own state in one word, by the limits of the measurement definitions. */
import type { GeneratorHealth } from '#contract/run';
import type { SampleSeries } from '../charts/sampleSeries.ts';

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

/** Utilisation is judged over this many seconds: one busy second is no bottleneck. */
const eventLoopWindow = 5;

/**
 * From when on the run is certain to be marked untrusted, in seconds since the start of the load, and why; null while
 * it is not. (Late frames are judged over the whole run, so a single late second is not in here.)
 */
export function bottleneck(series: SampleSeries): { since: number; reason: string } | null {
  const loops = series.column('eventLoop');
  let recent = 0;
  for (const [i, since] of series.t.entries()) {
    const delay = series.column('loopDelay')[i] ?? 0;
    const slipped = series.column('slipped')[i] ?? 0;
    if (slipped > 0) {
      return {
        since,
        reason: `${slipped} ${slipped === 1 ? 'call' : 'calls'} fell more than 200 ms behind schedule`,
      };
    }
    if (delay > healthLimits.loopDelay.overloaded) {
      return { since, reason: `the event loop stood still for ${delay.toFixed(0)} ms` };
    }
    recent += (loops[i] ?? 0) - (loops[i - eventLoopWindow] ?? 0);
    const mean = recent / eventLoopWindow;
    if (i >= eventLoopWindow - 1 && mean > healthLimits.eventLoop.overloaded) {
      return { since, reason: `the event loop was ${(mean * 100).toFixed(0)} % busy` };
    }
  }
  return null;
}

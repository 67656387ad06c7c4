/** The generator's own state on screen, by the limits every part shares. */
import { eventLoopWindow, generatorLimits, generatorState, type GeneratorWord } from '#contract/generator';
import type { GeneratorHealth } from '#contract/run';
import type { SampleSeries } from '../charts/sampleSeries.ts';

export type HealthWord = Capitalize<GeneratorWord>;

export interface HealthReport {
  word: HealthWord;
  /** What is wrong, each in few words; empty while healthy. */
  reasons: string[];
}

const shown: Record<GeneratorWord, HealthWord> = {
  healthy: 'Healthy',
  strained: 'Strained',
  overloaded: 'Overloaded',
};

/** Healthy below all limits, overloaded above the ones that make a run untrusted, strained between. */
export function generatorHealth(generator: GeneratorHealth): HealthReport {
  const { word, reasons } = generatorState(generator);
  return { word: shown[word], reasons };
}

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
    if (delay > generatorLimits.loopDelay.overloaded) {
      return { since, reason: `the event loop stood still for ${delay.toFixed(0)} ms` };
    }
    recent += (loops[i] ?? 0) - (loops[i - eventLoopWindow] ?? 0);
    const mean = recent / eventLoopWindow;
    if (i >= eventLoopWindow - 1 && mean > generatorLimits.eventLoop.overloaded) {
      return { since, reason: `the event loop was ${(mean * 100).toFixed(0)} % busy` };
    }
  }
  return null;
}

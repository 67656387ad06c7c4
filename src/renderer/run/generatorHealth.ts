/** The generator's own state on screen, by the limits every part shares. */
import { generatorState, type GeneratorWord } from '#contract/generator';
import type { GeneratorHealth } from '#contract/run';

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

/** Which thresholds count where a run is aimed: those of the environment's latency profile, and those of any. */
import type { ValueProblem } from '#contract/scenario/explain';
import type { ScenarioFile, Threshold } from '#contract/scenario/file';
import { loadsOf } from '#contract/scenario/load';

/** The practice agent answers as a live one does. */
function latencyOf({ environment }: Pick<ScenarioFile, 'environment'>): 'live' | 'mock' {
  return typeof environment === 'string' ? 'live' : environment.latency;
}

/** The thresholds of a scenario whose environment is in place. */
export function thresholdsFor(file: Pick<ScenarioFile, 'environment' | 'thresholds'>): Threshold[] {
  const latency = latencyOf(file);
  return file.thresholds.filter(({ when }) => when === undefined || when === latency);
}

/** The scenario with the thresholds that do not count here switched off, each in its place. */
export function judgedHere(file: ScenarioFile): ScenarioFile {
  const counted = new Set(thresholdsFor(file));
  const thresholds = file.thresholds.map((row) => (counted.has(row) ? row : { ...row, enabled: false }));
  return { ...file, thresholds };
}

/** A search for the breaking point needs thresholds that count here. */
export function latencyProblems(file: ScenarioFile): ValueProblem[] {
  const searches = loadsOf(file).some(({ profile }) => profile.kind === 'breaking-point');
  if (!searches || thresholdsFor(file).some((row) => row.enabled)) return [];
  const latency = latencyOf(file);
  const message = `a search for the breaking point needs thresholds, and none of these is for an environment of latency ${latency} (when: ${latency})`;
  return [{ path: ['thresholds'], message }];
}

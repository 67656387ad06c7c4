import type { RunPhase } from '#contract/api/runs';

const words: Record<RunPhase['phase'], string> = {
  preparing: 'Preparing the run…',
  starting_agent: 'Starting the practice agent…',
  running: 'Running',
  stopping: 'Letting turns and requests end…',
  finished: 'Finished',
};

/** What a run is doing while it starts or ends, in the application's own words where it gives them. */
export function phaseWords(phase: RunPhase): string {
  return phase.detail ?? words[phase.phase];
}

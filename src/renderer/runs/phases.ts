import type { RunPhase } from '#contract/api/runs';

const words: Record<RunPhase['phase'], string> = {
  preparing: 'Preparing the calls…',
  starting_agent: 'Starting the practice agent…',
  running: 'Running',
  stopping: 'Letting turns end and closing calls…',
  finished: 'Finished',
};

/** What a run is doing while it starts or ends, with the application's own detail where it gives one. */
export function phaseWords(phase: RunPhase): string {
  return phase.detail === null
    ? words[phase.phase]
    : `${words[phase.phase].replace(/…$/, '')}: ${phase.detail}`;
}

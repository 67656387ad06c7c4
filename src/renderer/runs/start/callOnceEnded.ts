/** A run of one call is made for the sake of that call: when it has ended its timeline is shown. */
import { api } from '../../api/index.ts';
import { messages } from '../../frame/messages.svelte.ts';
import { place } from '../../navigation/place.svelte.ts';
import type { Route } from '../../navigation/routes.ts';
import { runList } from '../runList.svelte.ts';

async function show(runId: string): Promise<void> {
  const answer = await api.runs.recordings({ runId });
  if (!answer.ok) {
    messages.error(answer.error);
    return;
  }
  const last = answer.value.at(-1);
  if (!last) {
    messages.info('The call was not recorded: see the errors of its run.');
    return;
  }
  const call: Route = { screen: 'call', run: runId, call: last.callId, attempt: last.attempt };
  const here = place.route;
  if (here.screen === 'run' && here.id === runId) place.go(call);
  else messages.offer('The call has ended.', 'Show it', () => place.go(call));
}

/** Goes to the run's recorded call once it has ended; offers to, when the operator is elsewhere by then. */
export function callOnceEnded(runId: string): void {
  if (runList.phase(runId)?.phase === 'finished') {
    void show(runId);
    return;
  }
  const stop = api.runs.on('phase', (phase) => {
    if (phase.runId !== runId || phase.phase !== 'finished') return;
    stop();
    void show(runId);
  });
}

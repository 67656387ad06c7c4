/** A run once through is made for the sake of what it did: when it has ended its call's timeline, or its requests, are shown. */
import { api } from '../../api/index.ts';
import { messages } from '../../frame/messages.svelte.ts';
import { place } from '../../navigation/place.svelte.ts';
import type { Route } from '../../navigation/routes.ts';
import { runList } from '../runList.svelte.ts';

/** Where the operator still looks at the run; elsewhere it is offered. */
function go(runId: string, ended: string, to: Route): void {
  const here = place.route;
  if (here.screen === 'run' && here.id === runId) place.go(to);
  else messages.offer(ended, 'Show it', () => place.go(to));
}

async function show(runId: string): Promise<void> {
  const answer = await api.runs.recordings({ runId });
  if (!answer.ok) {
    messages.error(answer.error);
    return;
  }
  const last = answer.value.at(-1);
  if (last) {
    const { callId: call, attempt } = last;
    go(runId, 'The call has ended.', { screen: 'call', run: runId, call, attempt });
    return;
  }
  const requests = await api.requests.list({ runId, limit: 1 });
  if (requests.ok && requests.value.total > 0)
    go(runId, 'The requests have been made.', { screen: 'run', id: runId, tab: 'requests' });
  else messages.info('Nothing was recorded: see the errors of its run.');
}

/** Goes to the run's recorded call, or to its requests, once it has ended; offers to, when the operator is elsewhere by then. */
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

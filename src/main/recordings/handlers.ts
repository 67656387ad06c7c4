/** Answers what screens ask about recorded calls, also of a run that is still going on: what there is so far. */
import type { ApiHandlers } from '#contract/api/index';
import { fail, ok, type Result } from '#contract/errors';
import type { RecordedCall } from '#contract/recording';
import type { RunDetail, TurnRecord } from '#contract/run';
import type { History } from '../history/history.ts';
import type { RecordingQuery, RecordingStore } from './store.ts';

export type RecordingHandlers = Pick<
  ApiHandlers['runs'],
  'recordings' | 'recording' | 'recordedMessages' | 'recordedAudio'
>;

export interface RecordingHandlerOptions {
  /** null: nothing is kept on this machine. */
  store: RecordingStore | null;
  history: Pick<History, 'get' | 'turns'>;
  /** A run of this process; undefined when it is not one. */
  liveRun: (runId: string) => RunDetail | undefined;
}

const turnsAtOnce = 1000;
/** What one answer carries at most. */
const mostSeconds = 60;
/** A turn may begin in the slot in which its call was opened. */
const slackMs = 20;

export function createRecordingHandlers({
  store,
  history,
  liveRun,
}: RecordingHandlerOptions): RecordingHandlers {
  async function isGoingOn(runId: string): Promise<Result<boolean>> {
    const live = liveRun(runId);
    if (live !== undefined) return ok(live.row.state !== 'finished');
    const run = await history.get(runId);
    if (run.ok) return ok(run.value.row.state === 'running');
    // A history that cannot be read says nothing about recordings, which lie beside it.
    return run.error.kind === 'not_found' ? run : ok(false);
  }

  async function find(
    query: Omit<RecordingQuery, 'goingOn'>,
  ): Promise<Result<[RecordingStore, RecordedCall]>> {
    const goingOn = await isGoingOn(query.runId);
    if (!goingOn.ok) return goingOn;
    if (store === null)
      return fail('not_found', 'nothing_kept', 'Crosstalk has no folder here: no call was recorded.');
    const found = await store.find({ ...query, goingOn: goingOn.value });
    return found.ok ? ok([store, found.value]) : found;
  }

  async function turnsOf(runId: string, call: RecordedCall): Promise<Result<TurnRecord[]>> {
    const turns: TurnRecord[] = [];
    for (let total = 1; turns.length < total;) {
      const { callId } = call;
      const page = { runId, callId, order: 'time', offset: turns.length, limit: turnsAtOnce } as const;
      const read = await history.turns(page);
      // A run that has just begun is not in the history yet.
      if (!read.ok) return read.error.kind === 'not_found' ? ok(turns) : read;
      total = read.value.total;
      if (read.value.turns.length === 0) break;
      turns.push(...read.value.turns);
    }
    const from = call.startedAt - slackMs;
    const to = call.startedAt + call.durationMs;
    return ok(turns.filter((turn) => turn.startedAt >= from && turn.startedAt <= to));
  }

  return {
    async recordings({ runId }) {
      const goingOn = await isGoingOn(runId);
      if (!goingOn.ok) return goingOn;
      return store === null ? ok([]) : store.list(runId, goingOn.value);
    },
    async recording(query) {
      const found = await find(query);
      if (!found.ok) return found;
      const [from, call] = found.value;
      const [turns, peaks] = await Promise.all([turnsOf(query.runId, call), from.peaks(query.runId, call)]);
      if (!turns.ok) return turns;
      return peaks.ok ? ok({ call, turns: turns.value, ...peaks.value }) : peaks;
    },
    async recordedMessages({ offset, limit, ...query }) {
      const found = await find(query);
      if (!found.ok) return found;
      const [from, call] = found.value;
      const read = await from.messages(query.runId, call);
      if (!read.ok) return read;
      return ok({ total: read.value.length, messages: read.value.slice(offset, offset + limit) });
    },
    async recordedAudio({ from: first, samples, ...query }) {
      const found = await find(query);
      if (!found.ok) return found;
      const [from, call] = found.value;
      const { sampleRate } = call;
      const read = await from.audio(query.runId, call, first, Math.min(samples, mostSeconds * sampleRate));
      if (!read.ok) return read;
      const { totalSamples, pcm } = read.value;
      return ok({ sampleRate, totalSamples, pcm: pcm.toString('base64') });
    },
  };
}

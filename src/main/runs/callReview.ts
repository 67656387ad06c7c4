/** One connection of a call: its record, its turns, and what was recorded of it. */
import { fail, ok, type Result } from '#contract/errors';
import type { RecordedCall } from '#contract/recording';
import type { CallRecord, TurnRecord } from '#contract/run';
import type { History } from '../history/history.ts';
import type { RecordingStore } from '../recordings/store.ts';

/** What there is of one connection; `record` is null while it goes on. */
export interface ReviewedCall {
  record: CallRecord | null;
  attempts: number[];
  turns: TurnRecord[];
  recorded: RecordedCall | null;
}

export interface CallQuestion {
  runId: string;
  callId: string;
  attempt: number;
}

export interface CallSources {
  history: Pick<History, 'connectionsOf' | 'turns'>;
  /** null: nothing is kept on this machine. */
  recordings: Pick<RecordingStore, 'list'> | null;
  /** Whether the run goes on in this process. */
  goesOn: boolean;
}

/** A turn may begin in the slot in which its call was opened. */
const slackMs = 20;
const turnsAtOnce = 1000;

/** Fails as the history does, and with `call_not_found` where nothing is known of it. */
export async function reviewCall(
  { runId, callId, attempt }: CallQuestion,
  { history, recordings, goesOn }: CallSources,
): Promise<Result<ReviewedCall>> {
  const connections = unlessBeginning(await history.connectionsOf(runId, callId), goesOn);
  if (!connections.ok) return connections;
  const turns = unlessBeginning(await turnsOf(history, runId, callId), goesOn);
  if (!turns.ok) return turns;
  // Recordings that cannot be read are no reason to hide what the history has.
  const listed = await recordings?.list(runId, goesOn);
  const recorded = listed?.ok === true ? listed.value.filter((call) => call.callId === callId) : [];
  const records = connections.value;
  const placed = turns.value.map((turn) => ({ turn, attempt: attemptAt(records, turn.startedAt) }));
  const known = [...records, ...recorded, ...placed].map((one) => one.attempt);
  const attempts = [...new Set(known)].sort((a, b) => a - b);
  if (attempts.length === 0 && !goesOn) {
    return fail(
      'not_found',
      'call_not_found',
      `The run ${runId} has no call ${callId}; look it up among the run's calls.`,
    );
  }
  const record = records.find((one) => one.attempt === attempt) ?? null;
  const of = turns.value.filter(({ startedAt }) => attemptAt(records, startedAt) === attempt);
  return ok({
    record,
    attempts,
    turns: of,
    recorded: recorded.find((one) => one.attempt === attempt) ?? null,
  });
}

/** A run that has just begun is not in the history yet. */
function unlessBeginning<T>(answer: Result<T[]>, goesOn: boolean): Result<T[]> {
  return !answer.ok && goesOn && answer.error.kind === 'not_found' ? ok([]) : answer;
}

/** Which connection of the call a moment belongs to; what is later than all that have ended belongs to the next. */
function attemptAt(records: readonly CallRecord[], at: number): number {
  const begun = records.filter(({ startedAt }) => startedAt - slackMs <= at);
  const last = begun.at(-1);
  if (last === undefined) return records[0]?.attempt ?? 1;
  const isNewest = last === records.at(-1);
  return isNewest && at > last.endedAt ? last.attempt + 1 : last.attempt;
}

async function turnsOf(
  history: CallSources['history'],
  runId: string,
  callId: string,
): Promise<Result<TurnRecord[]>> {
  const turns: TurnRecord[] = [];
  for (let total = 1; turns.length < total;) {
    const offset = turns.length;
    const read = await history.turns({ runId, callId, order: 'time', offset, limit: turnsAtOnce });
    if (!read.ok) return read;
    total = read.value.total;
    if (read.value.turns.length === 0) break;
    turns.push(...read.value.turns);
  }
  return ok(turns);
}
